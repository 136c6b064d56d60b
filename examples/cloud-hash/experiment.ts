/** What happens to the shared hash: some SETs, then a GET for each, every one by a client of its own. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Runner } from '../../src/index.ts';
import { CloudHashClient } from './client.ts';
import type { Place } from './requests.ts';
import { cloudHashSpec } from './spec.ts';

export interface ExperimentOptions {
  /** How many keys are set, and then asked for. */
  readonly keys: number;
  /** Processes or threads, where the architecture has a fixed number. */
  readonly workers: number;
  /** Clients that come at the same time. */
  readonly atATime: number;
  /** Until the next ones come, for somebody who watches (default 0). */
  readonly paceMs?: number;
  readonly signal?: AbortSignal;
}

/** One answer, as its client saw it. */
export interface Observation {
  readonly request: 'SET' | 'GET';
  /** Number of the key, from 1. */
  readonly key: number;
  /** Who answered. */
  readonly place: Place;
  /** Keys in the hash of the one who answered. */
  readonly keys: number;
  /** Whether a GET found its key; SETs always do. */
  readonly found: boolean;
}

/**
 * Starts a server with an empty hash, and is its clients. The server is closed when the last observation is made, or the
 * caller stops listening.
 * @throws what makes it impossible to serve; the signal's reason.
 */
export async function* experiment(
  runner: Runner,
  { keys, workers, atATime, paceMs = 0, signal }: ExperimentOptions,
): AsyncGenerator<Observation> {
  const server = await runner.run({
    service: cloudHashSpec({ framing: 'newline' }),
    listen: { host: '127.0.0.1', port: 0 },
    workers,
  });
  try {
    const numbers = Array.from({ length: keys }, (_, index) => index + 1);
    for (const request of ['SET', 'GET'] as const) {
      // The GETs in another order: units that take turns would give each of them to the one that had its SET.
      const order = request === 'SET' ? numbers : shuffled(numbers);
      for (let first = 0; first < keys; first += atATime) {
        signal?.throwIfAborted();
        if (paceMs > 0) await delay(paceMs);
        const wave = order.slice(first, first + atATime);
        yield* await Promise.all(wave.map((key) => observe(server.address.port, request, key)));
      }
    }
  } finally {
    await server.close({ graceMs: 0 });
  }
}

async function observe(port: number, request: Observation['request'], key: number): Promise<Observation> {
  using client = new CloudHashClient({ port, framing: 'newline' });
  const { place, keys, reply } = await client.where(request === 'SET' ? `SET key-${key} ${key}` : `GET key-${key}`);
  return { request, key, place, keys, found: reply !== 'NOT FOUND' };
}

function shuffled(numbers: readonly number[]): number[] {
  return numbers
    .map((number) => ({ number, lot: Math.random() }))
    .sort((one, other) => one.lot - other.lot)
    .map(({ number }) => number);
}
