import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import {
  type FtpServiceOptions,
  ftpServiceSpec,
  hashPassword,
  type Place,
  type Presence,
  type Runner,
  type RunningServer,
  type RunOptions,
} from 'ohai-ftpd';
import { expect, onTestFinished } from 'vitest';
import { ControlClient, type DataClient } from '../support/control-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** More than the buffers of a connection hold: a transfer of it does not end before it is read. */
export const LARGE = 30_000_000;

const PASSWORD_HASH = await hashPassword('secret');

/** A directory to serve: `large` to read, and `uploads` to write. */
export async function fileTree(): Promise<string> {
  const root = await temporaryDirectory();
  await writeFile(join(root, 'large'), Buffer.alloc(LARGE));
  await mkdir(join(root, 'uploads'));
  return root;
}

/** Serves `root` from units that end by `endUnit`. Is closed when the test ends. */
export async function serveFtp(
  { run }: Runner,
  root: string,
  { logins, ...options }: Partial<RunOptions> & Pick<FtpServiceOptions, 'logins'> = {},
): Promise<RunningServer> {
  const ftp = ftpServiceSpec({
    logins,
    root,
    accounts: [{ name: 'tester', passwordHash: PASSWORD_HASH, permissions: 'read-write' }],
    anonymous: 'read-only',
    log: { level: 'silent' },
  });
  const mortal = new URL('./services/mortal-ftp.mjs', import.meta.url).href;
  const running = await run({
    service: { ...ftp, module: mortal, options: { module: ftp.module, options: ftp.options } },
    listen: { host: '127.0.0.1', port: 0 },
    workers: 3,
    ...options,
  });
  onTestFinished(() => running.close({ graceMs: 0 }));
  return running;
}

/** Ends the process or thread that serves a client, as SIGKILL does. */
export function endUnit({ process: pid, thread }: Place): void {
  if (pid === process.pid) endThread({ thread });
  else process.kill(pid, 'SIGKILL');
}

/** Ends the threads that run a request at this moment. */
export function endRunningThreads(): void {
  endThread({ thread: 'running' });
}

function endThread(which: object): void {
  const channel = new BroadcastChannel('end of a thread');
  channel.postMessage(which);
  channel.close();
}

/** A client that may read, after a login that costs no hashing. It is gone when the test ends. */
export function loggedIn(running: RunningServer): Promise<ControlClient> {
  return logIn(running, 'anonymous', '');
}

/** A client that may write. It is gone when the test ends. */
export function writer(running: RunningServer): Promise<ControlClient> {
  return logIn(running, 'tester', 'secret');
}

async function logIn(running: RunningServer, user: string, password: string): Promise<ControlClient> {
  const client = await ControlClient.login(running.address, user, password);
  onTestFinished(() => client.close());
  await client.command('TYPE I');
  return client;
}

export interface Transfer {
  readonly client: ControlClient;
  readonly data: DataClient;
}

/** A download that has begun and of which nothing has been read yet. */
export async function beginDownload(client: ControlClient): Promise<Transfer> {
  const data = await client.passive();
  expect(await client.code('RETR large')).toBe(150);
  return { client, data };
}

/** An upload that has begun, of which the server has a part. */
export async function beginUpload(client: ControlClient, path: string): Promise<Transfer> {
  const data = await client.passive();
  expect(await client.code(`STOR ${path}`)).toBe(150);
  data.socket.write(Buffer.alloc(100_000, 'new'));
  await expect.poll(() => client.command('STAT').then(({ lines }) => lines.join())).toMatch(/STOR \S+: 100000 bytes/);
  return { client, data };
}

/** @returns the rows of those who are connected, in order of arrival; waits for those who are just leaving. */
export async function rowsOf(running: RunningServer, count: number): Promise<readonly Presence[]> {
  await expect.poll(() => running.stats().connected).toBe(count);
  return running.who();
}

export function samePlace(one: Place, other: Place): boolean {
  return one.process === other.process && one.thread === other.thread;
}

/** Fulfilled when both sides of the control connection are closed. */
export async function left(client: ControlClient): Promise<void> {
  client.socket.end();
  await client.closed();
}
