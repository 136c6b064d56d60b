import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ANY_PORT, PortLedger } from '../../src/protocol/port-ledger.ts';

const NOW = 1_000_000;

function ledgerWith(bound: readonly number[], range?: readonly [number, number]): PortLedger {
  const ledger = new PortLedger(range);
  for (const port of bound) ledger.bound(port);
  return ledger;
}

/** Ports chosen and taken one after the other, until there is none. */
function takeAll(ledger: PortLedger, client: string): number[] {
  const ports: number[] = [];
  for (let port = ledger.choose(client, NOW); port !== undefined; port = ledger.choose(client, NOW)) {
    ledger.take(client, port);
    ports.push(port);
  }
  return ports;
}

describe('the ledger of passive ports', () => {
  test('asks for new ports until there are sixteen to choose from', () => {
    const ledger = ledgerWith([]);
    for (let port = 1; port <= 16; port++) {
      expect(ledger.choose('a', NOW)).toBe(ANY_PORT);
      ledger.bound(port);
    }
    expect(ledger.choose('a', NOW)).toBeGreaterThan(ANY_PORT);
  });

  test('keeps to a tenth of a small range while it can, since other units draw on it too', () => {
    expect(ledgerWith([105], [100, 109]).choose('a', NOW)).toBe(105);
  });

  test('gives one address every port of the range once, and another address all of them again', () => {
    const ledger = ledgerWith([], [100, 109]);
    const everyPort = Array.from({ length: 10 }, (_, index) => 100 + index);
    expect(takeAll(ledger, 'a').sort()).toEqual(everyPort);
    expect(takeAll(ledger, 'b').sort()).toEqual(everyPort);
  });

  test('remembers who took a port while its listener is closed', () => {
    const ledger = ledgerWith([100], [100, 100]);
    ledger.take('a', 100);
    ledger.unbound(100);
    expect(ledger.choose('a', NOW)).toBeUndefined();
    expect(ledger.choose('b', NOW)).toBe(100);
  });

  test('leaves a port of another program alone for a while', () => {
    const ledger = ledgerWith([], [100, 100]);
    ledger.foreign(100, NOW + 1);
    expect(ledger.choose('a', NOW)).toBeUndefined();
    expect(ledger.choose('a', NOW + 1)).toBe(100);
  });

  test('lists the ports of other programs for as long as they are left alone', () => {
    const ledger = ledgerWith([], [100, 109]);
    ledger.foreign(100, NOW + 1);
    ledger.foreign(101, NOW + 2);
    expect(ledger.foreignPorts(NOW)).toEqual([100, 101]);
    expect(ledger.foreignPorts(NOW + 1)).toEqual([101]);
  });

  test('knows whether anybody has taken a port', () => {
    const ledger = ledgerWith([100]);
    for (const client of ['a', 'b']) ledger.take(client, 100);
    for (const client of ['a', 'a']) ledger.giveBack(client, 100);
    expect(ledger.taken(100)).toBe(true);
    ledger.giveBack('b', 100);
    expect(ledger.taken(100)).toBe(false);
  });

  test('leaves it to others which port of a shared range is bound next, until all are', () => {
    const ledger = new PortLedger([100, 101], { shared: true });
    expect(ledger.choose('a', NOW)).toBe(ANY_PORT);
    for (const port of [100, 101]) {
      ledger.bound(port);
      ledger.take('a', port);
    }
    expect(ledger.choose('a', NOW)).toBeUndefined();
  });

  test('falls back on bound ports when no more can be bound', () => {
    expect(ledgerWith([7]).choose('a', NOW, false)).toBe(7);
    expect(ledgerWith([]).choose('a', NOW, false)).toBeUndefined();
  });

  test('never chooses what the client has, nor what is neither bound nor to be bound', () => {
    const step = fc.record({
      what: fc.constantFrom('choose', 'giveBack', 'unbound', 'foreign'),
      client: fc.constantFrom('a', 'b', 'c'),
      port: fc.integer({ min: 100, max: 119 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const ledger = new PortLedger([100, 119]);
        const bound = new Set<number>();
        const foreign = new Set<number>();
        const taken = new Map<string, Set<number>>(['a', 'b', 'c'].map((client) => [client, new Set()]));
        for (const { what, client, port } of steps) {
          const theirs = taken.get(client)!;
          if (what === 'giveBack') {
            ledger.giveBack(client, port);
            theirs.delete(port);
          } else if (what === 'unbound') {
            ledger.unbound(port);
            bound.delete(port);
          } else if (what === 'foreign') {
            if (bound.has(port)) continue;
            ledger.foreign(port, NOW + 1);
            foreign.add(port);
          } else {
            const chosen = ledger.choose(client, NOW);
            const free = (at: number) => !theirs.has(at) && (bound.has(at) || !foreign.has(at));
            const anyFree = Array.from({ length: 20 }, (_, index) => 100 + index).some(free);
            expect(chosen === undefined).toBe(!anyFree);
            if (chosen === undefined) continue;
            expect(free(chosen)).toBe(true);
            expect(ledger.take(client, chosen)).toBe(true);
            theirs.add(chosen);
            if (!bound.has(chosen)) ledger.bound(chosen);
            bound.add(chosen);
          }
        }
      }),
    );
  });
});
