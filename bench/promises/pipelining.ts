/** Input that no client sends and somebody will: a line without an end, commands octet by octet, thousands at once. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { FtpClient } from '../client/ftp-client.ts';
import type { Distribution } from '../measure/percentiles.ts';
import { memoryOf } from '../measure/process-memory.ts';
import { whileProbing } from './noop-probe.ts';
import { type Measurement, runBench } from './report.ts';
import { ServerProcess } from './server-process.ts';

const MIB = 2 ** 20;
/** Of difference between much at once and as much in pieces: less than one line that was kept would take. */
const GROWTH_MIB = 8;
const NOOP_P99_MS = 20;
const IDLE_MS = 2_000;
/** Long enough for the server to answer all it can. */
const READ_AFTER_MS = 500;
/** Every so many NOOPs a command with another answer shows that the order of the replies is right. */
const MARK_EVERY = 100;

/** What is sent in pieces: commands with and without an argument, one that is not UTF-8, one that is unknown, both line ends. */
const DIALOGUE = [
  'NOOP\r\n',
  'PWD\r\n',
  'TYPE I\r\n',
  'CWD /\n',
  'MDTM \xe9t\xe9\r\n',
  'SYST\n',
  'XYZZY\r\n',
  'FEAT\r\n',
];

await runBench(
  {
    title: 'Pipelining',
    description: `
Sends a line without an end, a dialogue that is split at every octet, and thousands of commands at once, and looks at the
answers, at the wait for NOOP of another client and at the server's memory. That must not depend on how much comes in one
piece: so the peak is compared with that of as many octets in smaller pieces, to which Node's own garbage is the same.`,
    numbers: {
      'line-mib': { default: 8, description: 'length in MiB of the line without an end' },
      noops: { default: 10_000, description: 'commands sent at once' },
      times: { default: 16, description: 'how much larger the large piece is in the comparison of memory' },
    },
  },
  async function* (number) {
    const root = await mkdtemp(join(tmpdir(), 'ohai-bench-'));
    const [lineMib, noops, times] = [number('line-mib'), number('noops'), number('times')];
    try {
      yield* idleServer(root);
      yield* underWatch(root, times, `line of ${lineMib} MiB without an end`, (client, factor) =>
        lineWithoutEnd(client, factor * lineMib * MIB),
      );
      yield* underWatch(root, times, 'dialogue split at every octet', splitAtEveryOctet);
      yield* underWatch(root, times, `${noops} pipelined NOOPs`, (client, factor) => pipelined(client, factor * noops));
      yield* underWatch(root, times, `${noops} NOOPs, replies read late`, (client, factor) =>
        readLate(client, factor * noops),
      );
    } finally {
      await rm(root, { recursive: true });
    }
  },
);

/** What the machine adds to every wait, the load of other programs included. */
async function* idleServer(root: string): AsyncGenerator<Measurement> {
  await using server = await ServerProcess.start({ root });
  const { noopMs } = await whileProbing(server, () => delay(IDLE_MS));
  yield { name: 'NOOP with nothing else to do, p99', value: noopMs.p99, unit: 'ms' };
}

/** Sends something, `factor` times as much as is usual in one session. @returns whether the answers were right. */
type Work = (client: FtpClient, factor: number) => Promise<boolean>;

async function* underWatch(root: string, times: number, name: string, work: Work): AsyncGenerator<Measurement> {
  const small = await sessions(root, times, (client) => work(client, 1));
  const large = await sessions(root, 1, (client) => work(client, times));
  const right = small.right && large.right ? 'yes' : 'no';
  const growth = large.peakMib - small.peakMib;
  yield { name: `${name}: right answers`, value: right, bound: 'yes' };
  yield { name: `${name}: peak RSS, ${times} times`, value: small.peakMib, unit: 'MiB' };
  yield { name: `${name}: peak RSS, ${times} times as much at once`, value: large.peakMib, unit: 'MiB' };
  yield { name: `${name}: growth with the amount`, value: growth, unit: 'MiB', bound: GROWTH_MIB };
  yield { name: `${name}: NOOP of another client, p99`, value: small.noopMs.p99, unit: 'ms', bound: NOOP_P99_MS };
  yield { name: `${name}: NOOP of another client, slowest`, value: small.noopMs.max, unit: 'ms' };
}

/** So many sessions on a new server, one after the other. */
async function sessions(
  root: string,
  count: number,
  session: (client: FtpClient) => Promise<boolean>,
): Promise<{ right: boolean; peakMib: number; noopMs: Distribution }> {
  await using server = await ServerProcess.start({ root });
  const { result: right, noopMs } = await whileProbing(server, async () => {
    let allRight = true;
    for (let i = 0; i < count; i++) {
      using client = await FtpClient.login(server);
      allRight = (await session(client)) && allRight;
    }
    return allRight;
  });
  return { right, noopMs, peakMib: (await memoryOf(server.pid)).peakRssBytes / MIB };
}

/** One 500 while the line is still coming, nothing for the rest of it, and the session goes on behind its end. */
async function lineWithoutEnd(client: FtpClient, length: number): Promise<boolean> {
  const piece = Buffer.alloc(64 * 1024, 'A');
  for (let sent = 0; sent < length; sent += piece.length) {
    if (!client.socket.write(piece)) await once(client.socket, 'drain');
  }
  const refusal = await client.reply();
  client.send('');
  client.send('NOOP');
  return refusal.code === 500 && (await client.reply()).code === 200;
}

/** The dialogue whole, then in two parts at every place where it can be split, then octet by octet. */
async function splitAtEveryOctet(client: FtpClient, times: number): Promise<boolean> {
  const octets = Buffer.from(DIALOGUE.join(''), 'latin1');
  const single = Array.from(octets, (octet) => Buffer.of(octet));
  const splits = single.map((_, at) => [octets.subarray(0, at), octets.subarray(at)]);
  const expected = await dialogue(client, [octets]);
  let right = true;
  for (let i = 0; i < times; i++) {
    for (const pieces of [...splits, single]) right = (await dialogue(client, pieces)) === expected && right;
  }
  return right;
}

async function dialogue(client: FtpClient, pieces: readonly Buffer[]): Promise<string> {
  for (const piece of pieces) {
    await new Promise((resolve) => client.socket.write(piece, resolve));
    // Lets the server read this piece before the next one is there.
    await nextTurn();
  }
  let text = '';
  for (const _ of DIALOGUE) text += `${(await client.reply()).lines.join('\n')}\n`;
  return text;
}

async function pipelined(client: FtpClient, count: number): Promise<boolean> {
  client.socket.write(manyCommands(count));
  return answersInOrder(client, count);
}

/** The client sends all it has before it reads the first reply: the server stops to read rather than keep the replies. */
async function readLate(client: FtpClient, count: number): Promise<boolean> {
  client.socket.pause();
  client.socket.write(manyCommands(count));
  await delay(READ_AFTER_MS);
  client.socket.resume();
  return answersInOrder(client, count);
}

function manyCommands(count: number): string {
  return Array.from({ length: count }, (_, index) => (index % MARK_EVERY === 0 ? 'PWD\r\n' : 'NOOP\r\n')).join('');
}

async function answersInOrder(client: FtpClient, count: number): Promise<boolean> {
  let right = true;
  for (let index = 0; index < count; index++) {
    const { code } = await client.reply();
    right = code === (index % MARK_EVERY === 0 ? 257 : 200) && right;
  }
  return right;
}
