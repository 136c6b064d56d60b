import type { Socket } from 'node:net';
import type { WritableFile } from '../storage/file-system.ts';
import { buffers, type LentBuffer } from './buffer-pool.ts';
import { DataConnectionError } from './data-connection-error.ts';
import type { Reception } from './reception.ts';
import { restartStallTimer } from './stall-timer.ts';

/**
 * Stores everything that the client sends until its end, where that comes in small pieces: records of TLS hold 16 KiB at most,
 * and to have each of them written by the storage would take longer than to decrypt it. They are gathered in one half of a
 * buffer while the other half is written. When both are full the client has to wait.
 * @param socket protected; paused. What came before an end that is none (DataConnectionError) is stored as well.
 * @throws DataConnectionError when the connection breaks before its end; whatever `file` throws.
 */
export async function receiveGathered(socket: Socket, file: WritableFile, reception: Reception): Promise<void> {
  using buffer = buffers.lend();
  await new Gathering(socket, file, reception, buffer).done;
}

class Gathering {
  readonly done: Promise<void>;
  readonly #socket: Socket;
  readonly #file: WritableFile;
  readonly #reception: Reception;
  #filling: Half;
  #other: Half;
  /** What did not find room any more. */
  #rest: Uint8Array | undefined;
  #state: 'waiting' | 'about to write' | 'writing' = 'waiting';
  #end: { readonly error?: unknown } | undefined;
  #settle!: { readonly resolve: () => void; readonly reject: (error: unknown) => void };

  constructor(socket: Socket, file: WritableFile, reception: Reception, { octets }: LentBuffer) {
    this.#socket = socket;
    this.#file = file;
    this.#reception = reception;
    const middle = octets.length / 2;
    this.#filling = new Half(octets.subarray(0, middle));
    this.#other = new Half(octets.subarray(middle));
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => this.#ended({}));
    // Whatever has gone wrong, it is known by then.
    socket.on('close', () => this.#ended({ error: DataConnectionError.from(socket.errored) }));
  }

  #take(chunk: Uint8Array): void {
    this.#rest = this.#filling.take(chunk);
    if (this.#rest) this.#socket.pause();
    // When all records have been taken that came together.
    if (this.#state === 'waiting') {
      this.#state = 'about to write';
      queueMicrotask(() => void this.#write());
    }
  }

  async #write(): Promise<void> {
    this.#state = 'writing';
    try {
      while (this.#filling.length > 0) {
        const full = this.#filling;
        this.#filling = this.#other;
        this.#other = full;
        this.#goOn();
        this.#reception.onOctets?.(full.octets);
        const { length } = full;
        await this.#file.write(full.octets);
        full.clear();
        this.#reception.onMoved(length);
        // Who waits for the storage is not to blame for it.
        restartStallTimer(this.#socket);
      }
    } catch (error) {
      this.#settle.reject(error);
      return;
    }
    this.#state = 'waiting';
    if (this.#end) this.#finish(this.#end);
  }

  /** There is room again. */
  #goOn(): void {
    const rest = this.#rest;
    if (!rest) return;
    this.#rest = this.#filling.take(rest);
    if (!this.#rest) this.#socket.resume();
  }

  #ended(end: { readonly error?: unknown }): void {
    if (this.#end) return;
    this.#end = end;
    if (this.#state === 'waiting') this.#finish(end);
  }

  #finish({ error }: { readonly error?: unknown }): void {
    if (error === undefined) this.#settle.resolve();
    else this.#settle.reject(error);
  }
}

/** One half of the buffer, filled from its beginning. */
class Half {
  readonly #buffer: Buffer;
  length = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  get octets(): Uint8Array {
    return this.#buffer.subarray(0, this.length);
  }

  /** @returns what found no room. */
  take(chunk: Uint8Array): Uint8Array | undefined {
    const taken = Math.min(chunk.length, this.#buffer.length - this.length);
    this.#buffer.set(taken < chunk.length ? chunk.subarray(0, taken) : chunk, this.length);
    this.length += taken;
    return taken < chunk.length ? chunk.subarray(taken) : undefined;
  }

  clear(): void {
    this.length = 0;
  }
}
