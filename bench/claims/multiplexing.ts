/**
 * What it costs to wait for one of many connections: by select(2), by poll(2), by epoll(7), called directly; and in Node, which
 * waits by epoll alone. A round trip through Node costs far more than one wait: what grows with the number is what counts.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { distribution } from '../measure/percentiles.ts';
import { messageOf } from '../processes/child-message.ts';
import { OwnedChild } from '../processes/owned-child.ts';
import { spawnWithDescriptors } from '../processes/spawn-with-descriptors.ts';
import type { Measurement } from '../promises/report.ts';
import type { Experiment } from './experiment.ts';
import type { CallCosts, Watcher } from './watched-connections.ts';

const DESCRIPTORS = [1, 100, 1_000, 10_000];
const ECHOES = 500;
const WARM_UP = 200;
/** Besides the connections: standard streams, the event loop, what measures. */
const OTHER_DESCRIPTORS = 256;

export const multiplexing: Experiment = {
  title: 'B23: what waiting for one of many connections costs',
  async *run(scale) {
    const needed = DESCRIPTORS.at(-1)! + OTHER_DESCRIPTORS;
    await using watcher = start('watched-connections.js', needed);
    const { port, descriptors } = await messageOf<Watcher>(watcher.process);
    await using idle = start('idle-connections.js', needed, String(port));
    for (const count of DESCRIPTORS) {
      if (count + OTHER_DESCRIPTORS > descriptors) {
        yield { name: `${count} descriptors`, value: 'more than the system permits (ulimit -n)' };
        continue;
      }
      // One is the connection, or the descriptor, on which something happens.
      idle.process.send(count - 1);
      await messageOf(idle.process);
      yield* costs(watcher, port, count, ECHOES * scale);
    }
  },
};

async function* costs(watcher: OwnedChild, port: number, count: number, echoes: number): AsyncGenerator<Measurement> {
  watcher.process.send('measure');
  const calls = await messageOf<CallCosts>(watcher.process);
  for (const [name, microseconds] of Object.entries(calls)) {
    yield { name: `${name}, ${count} descriptors`, value: microseconds, unit: 'µs' };
  }
  yield { name: `echo by Node, ${count} connections`, value: await echo(port, echoes), unit: 'µs' };
}

/** @returns microseconds, the median. */
async function echo(port: number, times: number): Promise<number> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const waits: number[] = [];
  try {
    await once(socket, 'connect');
    for (let i = 0; i < WARM_UP + times; i++) {
      const start = performance.now();
      socket.write('x');
      await once(socket, 'data');
      if (i >= WARM_UP) waits.push((performance.now() - start) * 1000);
    }
    return distribution(waits).p50;
  } finally {
    socket.destroy();
  }
}

function start(program: string, descriptors: number, ...args: string[]): OwnedChild {
  const path = fileURLToPath(new URL(`./${program}`, import.meta.url));
  return new OwnedChild(spawnWithDescriptors(descriptors, [path, ...args], true));
}
