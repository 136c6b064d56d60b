/** How large a buffer should be that a connection is read into: what the receiver of one upload takes in, and what for. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { distribution } from '../measure/percentiles.ts';
import { messageOf } from '../processes/child-message.ts';
import { OwnedChild } from '../processes/owned-child.ts';
import type { Measurement } from '../promises/report.ts';
import type { Experiment } from './experiment.ts';
import { inTurn } from './in-turn.ts';
import type { Received, Way } from './receiver.ts';

const ROUNDS = 5;
const KIB = 1024;
const SIZES = [1, 4, 16, 64, 256, 1024];
const WAYS: Readonly<Record<Way, string>> = {
  onread: "Node's onread",
  recv: 'recv(2)',
};

export const readSizes: Experiment = {
  title: 'B20: what a connection is read with, by the size of the buffer',
  async *run(scale) {
    await using receiver = new OwnedChild(fork(fileURLToPath(new URL('./receiver.js', import.meta.url))));
    await using sender = new OwnedChild(fork(fileURLToPath(new URL('./sender.js', import.meta.url))));
    const gigabytes: Record<string, number[]> = {};
    const attempts = Object.fromEntries(
      Object.keys(WAYS).flatMap((way) =>
        SIZES.map((kib) => {
          const name = nameOf(way as Way, kib);
          const rates: number[] = [];
          gigabytes[name] = rates;
          return [
            name,
            async () => {
              receiver.process.send({ way, octets: kib * KIB });
              sender.process.send(await messageOf<number>(receiver.process));
              const { octets, seconds, processorSeconds } = await messageOf<Received>(receiver.process);
              rates.push(octets / 1e9 / seconds);
              return processorSeconds / (octets / 2 ** 30);
            },
          ];
        }),
      ),
    );
    await inTurn(attempts, 1);
    for (const rates of Object.values(gigabytes)) rates.length = 0;
    for (const [name, costs] of await inTurn(attempts, ROUNDS * scale)) yield* rows(name, gigabytes[name]!, costs);
  },
};

function nameOf(way: Way, kib: number): string {
  return `${WAYS[way]}, ${kib} KiB`;
}

function* rows(name: string, gigabytes: readonly number[], costs: readonly number[]): Generator<Measurement> {
  yield { name: `${name}: throughput`, value: distribution(gigabytes).p50, unit: 'GB/s' };
  yield { name: `${name}: processor time of the receiver`, value: distribution(costs).p50, unit: 's/GiB' };
}
