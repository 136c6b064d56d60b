const DEFAULT_GRACE_MS = 10_000;

/** A unit that hangs, or a storage that never answers, must not keep the server from closing. */
const STUCK_MS = 2_000;

/** What a timer of Node holds; it would fire at once for more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What has to be done to close a server; the order and the patience are the same for all. */
export interface ClosingSteps {
  stopAccepting(): void | Promise<void>;
  /** Says goodbye to the idle, and to the busy when they are done. */
  drain(): void;
  /** Fulfilled when all clients have left and nothing runs any more. */
  finished(): Promise<unknown>;
  /** Drops the clients that are still there. */
  endClients(): void;
  /** Ends by force what has not ended by then. */
  giveUp(): void | Promise<void>;
  /** Closes what remains open. */
  release(): void | Promise<void>;
}

/** The closing of a server: stop accepting, drain, wait, drop, give up, release. May be begun again, to shorten the grace. */
export class Closing {
  readonly #steps: ClosingSteps;
  #closed: Promise<void> | undefined;
  #over = false;
  /** When clients are dropped, by performance.now(). */
  #deadline = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #stuck!: () => void;

  constructor(steps: ClosingSteps) {
    this.#steps = steps;
  }

  close({ graceMs = DEFAULT_GRACE_MS }: { readonly graceMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#run();
    const deadline = performance.now() + Math.max(0, graceMs);
    // Whoever gave less time before has the say.
    if (this.#over || deadline >= this.#deadline) return this.#closed;
    this.#deadline = deadline;
    clearTimeout(this.#timer);
    if (graceMs > 0) this.#timer = setTimeout(() => this.#endClients(), Math.min(graceMs, LONGEST_TIMER_MS));
    else this.#endClients();
    return this.#closed;
  }

  async #run(): Promise<void> {
    const { stopAccepting, drain, finished, giveUp, release } = this.#steps;
    const stuck = new Promise<'stuck'>((resolve) => {
      this.#stuck = () => resolve('stuck');
    });
    await stopAccepting();
    drain();
    if ((await Promise.race([finished(), stuck])) === 'stuck') await giveUp();
    this.#over = true;
    clearTimeout(this.#timer);
    await release();
  }

  #endClients(): void {
    this.#steps.endClients();
    this.#timer = setTimeout(() => this.#stuck(), STUCK_MS);
  }
}
