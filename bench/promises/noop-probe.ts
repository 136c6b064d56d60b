/** A client in a process of its own that asks for nothing but an answer: how long do the others let it wait? */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FtpClient, type ServerAddress } from '../client/ftp-client.ts';
import { type Distribution, distribution } from '../measure/percentiles.ts';
import { messageOf } from '../processes/child-message.ts';

const HERE = fileURLToPath(import.meta.url);
const EVERY_MS = 2;

/**
 * Measures the wait for the reply to NOOP, sent every 2 ms, while `work` runs.
 * @returns what `work` returned, and the waits in milliseconds.
 */
export async function whileProbing<T>(
  server: ServerAddress,
  work: () => Promise<T>,
): Promise<{ result: T; noopMs: Distribution }> {
  const child = fork(HERE, [server.address, String(server.port)]);
  try {
    await messageOf<'ready'>(child);
    const result = await work();
    child.send('stop');
    return { result, noopMs: distribution(await messageOf<number[]>(child)) };
  } finally {
    child.kill('SIGKILL');
  }
}

/** The far side. */
async function probe(server: ServerAddress): Promise<void> {
  const client = await FtpClient.login(server);
  const waits: number[] = [];
  const sent: number[] = [];
  let stopped = false;
  const ask = () => {
    sent.push(performance.now());
    client.send('NOOP');
  };
  // On the clock, not after the last answer: a server that stalls must not make fewer measurements of it.
  const timer = setInterval(ask, EVERY_MS);
  process.once('message', () => {
    clearInterval(timer);
    stopped = true;
    // The loop below may be waiting already.
    ask();
  });
  process.send!('ready');
  while (!stopped || sent.length > 0) {
    await client.expect(200);
    waits.push(performance.now() - sent.shift()!);
  }
  process.send!(waits);
}

if (process.argv[1] === HERE) await probe({ address: process.argv[2]!, port: Number(process.argv[3]) });
