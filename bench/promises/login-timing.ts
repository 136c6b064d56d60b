/** Whether the time of a refused login tells whether there is such a user. */
import { randomInt } from 'node:crypto';
import { createFtpServer, MemoryFileSystem } from '../../src/index.ts';
import { FtpClient, type ServerAddress } from '../client/ftp-client.ts';
import { distribution } from '../measure/percentiles.ts';
import { distanceByChance, largestDistance } from './largest-distance.ts';
import { type Measurement, runBench } from './report.ts';

const USERS = ['alice', 'carol'] as const;
const STRANGERS = ['nobody', 'zelda'] as const;
const NAMES = [...USERS, ...STRANGERS];
type Name = (typeof NAMES)[number];

/** Of two samples of the same: how often that alone makes the measurement fail. */
const SIGNIFICANCE = 0.001;

const WARM_UP = 20;

await runBench(
  {
    title: 'Login timing',
    description: `
Tries wrong passwords as two users that there are and as two strangers, in random order, each on a connection of its own, and
compares how long the refusals took by the two-sample test of Kolmogorov and Smirnov. The bound is the distance of two
distributions that chance alone exceeds in one of a thousand measurements. The two users are compared with each other as
well: if these can be told apart, the machine is not quiet enough to say anything. The delay after a wrong password is
switched off: it is the same for everybody, and would only hide a difference.`,
    numbers: { attempts: { default: 200, description: 'refused logins for each of the four names' } },
  },
  async function* (number) {
    const accounts = USERS.map((name) => ({ name, password: `the password of ${name}` }));
    await using server = createFtpServer({
      fileSystem: new MemoryFileSystem(),
      accounts,
      logins: { failureDelayMs: 0 },
    });
    const address = await server.listen({ port: 0 });
    await refusals(address, WARM_UP);
    yield* compare(await refusals(address, number('attempts')));
  },
);

/** How long each refusal took, in milliseconds. */
async function refusals(server: ServerAddress, each: number): Promise<Record<Name, number[]>> {
  const times = Object.fromEntries(NAMES.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (const name of shuffled(NAMES.flatMap((name) => Array<Name>(each).fill(name)))) {
    using client = await FtpClient.connect(server);
    await client.command(`USER ${name}`, 331);
    const started = performance.now();
    await client.command('PASS wrong', 530);
    times[name].push(performance.now() - started);
  }
  return times;
}

function shuffled<T>(values: readonly T[]): T[] {
  const order = [...values];
  for (let last = order.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

function* compare(times: Record<Name, number[]>): Generator<Measurement> {
  for (const name of NAMES) {
    const kind = STRANGERS.some((stranger) => stranger === name) ? 'a stranger' : 'a user';
    yield { name: `refusal of ${name}, ${kind}, p50`, value: distribution(times[name]).p50, unit: 'ms' };
  }
  yield* distance('two users', times.alice, times.carol);
  const users = USERS.flatMap((name) => times[name]);
  const strangers = STRANGERS.flatMap((name) => times[name]);
  yield* distance('users and strangers', users, strangers);
}

function* distance(what: string, one: readonly number[], other: readonly number[]): Generator<Measurement> {
  const value = largestDistance(one, other);
  yield { name: `distance of ${what}`, value, bound: distanceByChance(SIGNIFICANCE, [one.length, other.length]) };
}
