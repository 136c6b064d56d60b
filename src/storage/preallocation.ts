/** Room on the disk for an upload whose size has been announced (ALLO), so that it lies in few pieces. */
import type { FileHandle } from 'node:fs/promises';
import { preallocate } from '../posix/fallocate.ts';
import { mediumOfOpen } from './at-hand.ts';

/** Less is not worth a call. */
const WORTH_IT_BYTES = 1024 * 1024;
/** Set aside at a time: who announces more than is ever sent shall not fill the disk. */
const AHEAD_BYTES = 64 * 1024 * 1024;

export class Preallocation {
  readonly #file: FileHandle;
  #announced: number;
  /** Offset behind the room that has been set aside so far. */
  #reserved = 0;

  /** @param announced octets; 0 when nothing was announced. */
  constructor(file: FileHandle, announced: number) {
    this.#file = file;
    this.#announced = announced < WORTH_IT_BYTES ? 0 : announced;
  }

  /** Before octets are written up to `end`. Where there is no room, writing will tell. */
  async upTo(end: number): Promise<void> {
    if (end <= this.#reserved || this.#reserved >= this.#announced) return;
    // In memory there are no pieces, and what is set aside is cleared first.
    if (this.#reserved === 0 && (await mediumOfOpen(this.#file.fd)) !== 'disk') return this.#giveUp();
    const octets = Math.min(this.#announced - this.#reserved, Math.max(AHEAD_BYTES, end - this.#reserved));
    const from = this.#reserved;
    this.#reserved += octets;
    if (await preallocate(this.#file.fd, from, octets)) return;
    this.#giveUp();
    // Where there is too little, ext4 keeps what it has set aside until then: all that was left for everybody.
    await this.trimTo((await this.#file.stat()).size);
  }

  /** Gives back what lies behind `end`, the size of the file. A disk that refuses has less room, and the upload all the same. */
  async trimTo(end: number): Promise<void> {
    if (this.#reserved > end) await this.#file.truncate(end).catch(() => {});
  }

  #giveUp(): void {
    this.#announced = 0;
  }
}
