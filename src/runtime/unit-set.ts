import type { JsonValue } from './service.ts';
import type { Unit } from './unit.ts';

/** The units that there are at the moment, told and ended together. One that ends leaves by itself. */
export class UnitSet {
  readonly #units = new Set<Unit>();

  get size(): number {
    return this.#units.size;
  }

  add(unit: Unit): void {
    this.#units.add(unit);
    void unit.ended.then(() => this.#units.delete(unit));
  }

  reconfigure(options: JsonValue): void {
    for (const unit of this.#units) unit.reconfigure(options);
  }

  drain(): void {
    for (const unit of this.#units) unit.drain();
  }

  endClients(): void {
    for (const unit of this.#units) unit.end();
  }

  kill(): void {
    for (const unit of this.#units) unit.kill();
  }

  /** Fulfilled when none is left of those that are here now. */
  async finished(): Promise<void> {
    await Promise.all([...this.#units].map(({ ended }) => ended));
  }
}
