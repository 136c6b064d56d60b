import { type CompiledCode, CompiledProgram } from './compiled-program.ts';
import { type Confinement, confinementOf, refuseConfinement } from './confinement.ts';
import { type AcceptedClient, streamOf } from './kernel-listener.ts';
import type { HandedClient } from './messages.ts';
import type { Roster } from './roster.ts';
import { type RunOptions, withOptions } from './runner.ts';
import type { JsonValue } from './service.ts';
import { Departures, type Staff } from './staff.ts';
import { turnAway } from './turn-away.ts';
import { Unit } from './unit.ts';
import { UnitSet } from './unit-set.ts';

/** Each client gets a child process of its own. */
export function oneProcessEach(roster: Roster, options: RunOptions): Promise<Staff> {
  return OneEach.prepare('process', roster, options);
}

/** Each client gets a thread of its own. */
export function oneThreadEach(roster: Roster, options: RunOptions): Promise<Staff> {
  return OneEach.prepare('thread', roster, options);
}

/** Starts a unit for each client. */
class OneEach implements Staff {
  readonly #kind: 'process' | 'thread';
  readonly #roster: Roster;
  #options: RunOptions;
  readonly #units = new UnitSet();
  readonly #departures = new Departures();
  readonly #confinement: Confinement | undefined;
  readonly #program: CompiledProgram | undefined;

  private constructor(kind: 'process' | 'thread', roster: Roster, options: RunOptions) {
    this.#kind = kind;
    this.#roster = roster;
    this.#options = options;
    if (kind === 'thread') refuseConfinement(options);
    else this.#confinement = confinementOf(options.confinement, [options.service.module]);
    this.#program = CompiledProgram.create(options.service);
  }

  /**
   * @throws ConfinementError; UnitFailedError when units cannot work at all: told now, by one without a client, and not by
   *   each client's.
   */
  static async prepare(kind: 'process' | 'thread', roster: Roster, options: RunOptions): Promise<OneEach> {
    const staff = new OneEach(kind, roster, options);
    try {
      const trial = staff.#start(roster.nextUnit(), staff.#program?.toFill);
      await trial.ready;
      await trial.ended;
      return staff;
    } catch (error) {
      await staff.dispose();
      throw error;
    }
  }

  get waiting(): number {
    return this.#units.size;
  }

  vacancy(): Promise<void> {
    return this.#departures.next();
  }

  async serve(client: AcceptedClient): Promise<void> {
    const unit = this.#admit(client);
    if (!unit) return;
    this.#units.add(unit);
    const end = await unit.ended;
    this.#departures.happened();
    if (end !== undefined) this.#options.onError?.(new Error(`the ${this.#kind} of a client ${end}`));
  }

  reconfigure(options: JsonValue): void {
    this.#options = withOptions(this.#options, options);
    this.#units.reconfigure(options);
  }

  drain(): void {
    this.#units.drain();
  }

  endClients(): void {
    this.#units.endClients();
  }

  kill(): void {
    this.#units.kill();
  }

  finished(): Promise<void> {
    return this.#units.finished();
  }

  async dispose(): Promise<void> {
    this.#program?.[Symbol.dispose]();
  }

  /** Whoever is not let in costs no process. */
  #admit(client: AcceptedClient): Unit | undefined {
    const number = this.#roster.nextUnit();
    const id = number.toString(36);
    const { scoreboard } = this.#roster;
    // The client is here until its unit has a place of its own.
    scoreboard.unitStarted(number, { process: process.pid });
    const refused = this.#roster.arrive(number, { id, address: client.remote.address });
    if (refused) {
      scoreboard.unitEnded(number);
      const stream = streamOf(client);
      if (stream) turnAway({ stream, entrance: client.entrance }, refused, this.#options.service);
      return undefined;
    }
    return this.#start(number, this.#program?.filled, { ...client, id });
  }

  #start(number: number, compiled: CompiledCode | undefined, client?: HandedClient): Unit {
    return new Unit({
      kind: this.#kind,
      roster: this.#roster,
      order: {
        unit: number,
        service: this.#options.service,
        ...(client && { client }),
        ...(this.#confinement && { confinement: this.#confinement }),
      },
      compiled,
      onTrouble: (error) => this.#options.onError?.(error),
    });
  }
}
