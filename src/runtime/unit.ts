/** A unit as its parent sees it: runs in the parent. The other side is unit-host.ts. */
import type { Place } from './board.ts';
import { type Carrier, startCarrier } from './carrier.ts';
import type { CompiledCode } from './compiled-program.ts';
import { readerOf } from './confinement.ts';
import { Line } from './line.ts';
import { contactOver } from './line-contact.ts';
import type { ParentDuties, StartOrder, UnitDuties } from './messages.ts';
import type { Roster } from './roster.ts';
import type { JsonValue } from './service.ts';

/** A unit ended before it was ready. The message says what it said. */
export class UnitFailedError extends Error {
  override readonly name = 'UnitFailedError';
}

export interface UnitOptions {
  readonly kind: 'process' | 'thread';
  readonly roster: Roster;
  readonly order: StartOrder;
  readonly compiled?: CompiledCode | undefined;
  readonly onTrouble: (error: Error) => void;
}

/** A child process or a thread that serves clients. */
export class Unit {
  /** Fulfilled when it would serve a client. @throws UnitFailedError when it ends before that. */
  readonly ready: Promise<void>;
  /** Fulfilled when it has ended and nothing is left of it; with how, if that was no proper end. Never rejects. */
  readonly ended: Promise<string | undefined>;
  readonly #carrier: Carrier;
  readonly #line: Line<ParentDuties, UnitDuties>;

  constructor({ kind, roster, order, compiled, onTrouble }: UnitOptions) {
    const { unit } = order;
    this.#carrier = startCarrier(kind, order, compiled);
    let isReady!: () => void;
    let failure: string | undefined;
    const ready = new Promise<void>((resolve) => {
      isReady = resolve;
    });
    this.#line = new Line<ParentDuties, UnitDuties>(this.#carrier.wire, {
      ...roster.enlist(
        unit,
        this.#carrier.place,
        contactOver(() => this.#line),
      ),
      ready: () => {
        this.#carrier.started();
        isReady();
      },
      failed: (reason) => {
        failure = reason;
      },
      trouble: (reason) => onTrouble(new Error(reason)),
      readFile: readerOf(order.confinement),
    });
    this.ended = this.#carrier.ended.then((end) => {
      roster.strike(unit);
      return failure === undefined ? end : `failed: ${failure}`;
    });
    this.ready = Promise.race([
      ready,
      this.ended.then((end) => {
        throw new UnitFailedError(failure ?? end ?? 'it ended at once');
      }),
    ]);
    // Whoever does not wait for it hears of `ended`.
    this.ready.catch(() => {});
    if (kind === 'process') this.#line.tell('start', this.#carrier.order);
  }

  get place(): Place {
    return this.#carrier.place;
  }

  reconfigure(options: JsonValue): void {
    this.#line.tell('reconfigure', options);
  }

  drain(): void {
    this.#line.tell('drain');
  }

  end(): void {
    this.#line.tell('end');
  }

  kill(): void {
    this.#carrier.kill();
  }
}
