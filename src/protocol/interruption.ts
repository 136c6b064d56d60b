/**
 * Whether a command has to end before its time: by ABOR, because the client has gone, or because the server stops.
 *
 * An AbortController in few words, since most commands are over before anything could interrupt them: to make one, and to
 * listen to its signal, takes as long as half of the commands do. Who needs the signal itself gets one.
 */
export class Interruption {
  #aborted = false;
  #listeners: Set<() => void> | undefined;
  #controller: AbortController | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted) this.#controller.abort();
    return this.#controller.signal;
  }

  /**
   * @param listener called once: at once where it has happened already.
   * @returns to be called when nobody needs to hear of it any more.
   */
  onAbort(listener: () => void): () => void {
    if (this.#aborted) {
      listener();
      return ignore;
    }
    this.#listeners ??= new Set();
    const listeners = this.#listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    for (const listener of listeners ?? []) listener();
    this.#controller?.abort();
  }
}

function ignore(): void {}
