/** A client as the pace sees it: what it does is a driver's business. */
import type { FtpPlan, Step } from './plan.ts';
import { stepsOf } from './steps.ts';

/** As the pace sees it. */
export interface Client {
  /** Whether it has a connection. */
  readonly connected: boolean;
  /** Once, before the clock starts. Rejected with what went wrong. */
  prepare(): Promise<void>;
  /** One operation. Rejected with what went wrong, see kindOf; the next one may be tried all the same. */
  operate(): Promise<void>;
  /** Ends its connection; what is under way is rejected. */
  close(): void;
}

/** What a client tells of its work, besides whether it is done. */
export interface Account {
  /** So many octets have been transferred. */
  octets(count: number): void;
  /** What came is not what had to come: for people. */
  wrong(words: string): void;
  /** The server has gone while nothing was asked of it. */
  lost(): void;
}

/** One who can do the steps of a plan. */
export interface Performer {
  readonly connected: boolean;
  perform(steps: readonly Step[]): Promise<void>;
  close(): void;
}

/** A client that follows a plan: where its connection has gone, it first does again what it did at the start. */
export class PlannedClient implements Client {
  readonly #performer: Performer;
  readonly #prepare: readonly Step[];
  readonly #operation: (number: number) => readonly Step[];
  readonly #connectsItself: boolean;
  #operations = 0;

  constructor(performer: Performer, { prepare, operation }: Pick<FtpPlan, 'prepare' | 'operation'>, number: number) {
    this.#performer = performer;
    this.#prepare = stepsOf(prepare, number)(0);
    this.#operation = stepsOf(operation, number);
    this.#connectsItself = operation[0]?.do === 'connect';
  }

  get connected(): boolean {
    return this.#performer.connected;
  }

  prepare(): Promise<void> {
    return this.#perform(this.#prepare);
  }

  async operate(): Promise<void> {
    if (!this.connected && !this.#connectsItself) await this.#perform(this.#prepare);
    await this.#perform(this.#operation(this.#operations++));
  }

  close(): void {
    this.#performer.close();
  }

  /** What comes after a failure is hard to tell: replies of the last operation, or of this one? So it begins anew. */
  async #perform(steps: readonly Step[]): Promise<void> {
    try {
      await this.#performer.perform(steps);
    } catch (error) {
      this.#performer.close();
      throw error;
    }
  }
}

/** Whether its operations are as slow as they are told to be, and so nothing that the end of a measurement waits for. */
export function takesItsTime(operation: readonly Step[]): boolean {
  return operation.some((step) => step.do === 'retrieve' && step.octetsPerSecond !== undefined);
}
