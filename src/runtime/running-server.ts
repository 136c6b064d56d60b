import type { Presence } from './board.ts';
import { Closing, type ClosingSteps } from './closing.ts';
import type { Roster } from './roster.ts';
import type { RunnerStats, RunningServer } from './runner.ts';
import type { Endpoint, JsonValue } from './service.ts';

/** What differs between architectures. */
export interface ServerSteps extends ClosingSteps {
  /** See RunningServer. */
  reconfigure(options: JsonValue): void;
}

/** A server as its owner has it in hand. The same in all architectures; what differs is in the steps of its closing. */
export class RosteredServer implements RunningServer {
  readonly addresses: readonly Endpoint[];
  readonly #roster: Roster;
  readonly #closing: Closing;
  readonly #steps: ServerSteps;

  /** @param addresses one or more. */
  constructor(addresses: readonly Endpoint[], roster: Roster, steps: ServerSteps) {
    this.addresses = addresses;
    this.#roster = roster;
    this.#steps = steps;
    this.#closing = new Closing(steps);
  }

  get address(): Endpoint {
    return this.addresses[0]!;
  }

  stats(): RunnerStats {
    const { connected, served } = this.#roster.scoreboard;
    return { connected, served };
  }

  who(): Promise<readonly Presence[]> {
    return this.#roster.who();
  }

  kick(id: string): Promise<boolean> {
    return this.#roster.kick(id);
  }

  reconfigure(options: JsonValue): void {
    this.#steps.reconfigure(options);
  }

  close(options?: { readonly graceMs?: number }): Promise<void> {
    return this.#closing.close(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
