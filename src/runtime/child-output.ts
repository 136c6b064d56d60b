import type { Readable } from 'node:stream';

const KEPT_CHARACTERS = 8_192;

/**
 * What a child process writes to its standard error. It is held back until the child is ready, as it belongs into the
 * error if that never happens; then it is handed on, whole lines at a time, so that those of several children do not run
 * into each other.
 */
export class ChildOutput {
  #held = '';
  #handedOn = false;

  constructor(stderr: Readable) {
    stderr.setEncoding('utf8');
    stderr.on('data', (text: string) => {
      this.#held += text;
      if (this.#handedOn) this.#handOn(this.#held.lastIndexOf('\n') + 1);
      else this.#held = this.#held.slice(-KEPT_CHARACTERS);
    });
    stderr.on('end', () => void (this.#handedOn && this.#handOn(this.#held.length)));
  }

  /** What has not been handed on. */
  get held(): string {
    return this.#held.trim();
  }

  handOn(): void {
    this.#handedOn = true;
    this.#handOn(this.#held.lastIndexOf('\n') + 1);
  }

  #handOn(length: number): void {
    if (length > 0) process.stderr.write(this.#held.slice(0, length));
    this.#held = this.#held.slice(length);
  }
}
