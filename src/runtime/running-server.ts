import type { Presence } from './board.ts';
import { Closing, type ClosingSteps } from './closing.ts';
import type { Roster } from './roster.ts';
import type { RunnerStats, RunningServer } from './runner.ts';
import type { Endpoint } from './service.ts';

/** A server as its owner has it in hand. The same in all architectures; what differs is in the steps of its closing. */
export class RosteredServer implements RunningServer {
  readonly address: Endpoint;
  readonly #roster: Roster;
  readonly #closing: Closing;

  constructor(address: Endpoint, roster: Roster, steps: ClosingSteps) {
    this.address = address;
    this.#roster = roster;
    this.#closing = new Closing(steps);
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

  close(options?: { readonly graceMs?: number }): Promise<void> {
    return this.#closing.close(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
