import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ftpServiceSpec } from 'ohai-ftpd';
import { expect, onTestFinished } from 'vitest';
import { ServerInChild } from '../conformance/server-in-child.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { runShortSessions, usageOf } from './short-sessions.ts';

const FILE = { file: 'small', content: 'a small file\r\n'.repeat(70) };

export interface LeakCheck {
  readonly architecture: string;
  /** That are run before anything is counted. */
  readonly warmUp: number;
  readonly sessions: number;
  /** By which the resident memory may have grown. */
  readonly mebibytes: number;
}

/** Runs sessions, and expects the server to use afterwards what it used before. */
export async function expectNoLeak({ architecture, warmUp, sessions, mebibytes }: LeakCheck): Promise<void> {
  const root = await temporaryDirectory();
  await writeFile(join(root, FILE.file), FILE.content);
  const server = await ServerInChild.start(architecture, {
    service: ftpServiceSpec({ root, anonymous: 'read-only', log: { level: 'silent' } }),
    listen: { host: '127.0.0.1', port: 0 },
    workers: 4,
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const { processes } = await usageOf(server);
  await runShortSessions(server.address, { ...FILE, count: warmUp, atATime: 8 });
  await idle(server, { served: warmUp, processes });
  const before = await usageOf(server);

  await runShortSessions(server.address, { ...FILE, count: sessions, atATime: 8 });
  await idle(server, { served: warmUp + sessions, processes });
  const { threads, descriptors } = before;
  // A thread of the last warm-up session may still have been there before.
  await expect.poll(async () => (await usageOf(server)).threads).toBeLessThanOrEqual(threads);
  await expect.poll(async () => (await usageOf(server)).descriptors).toBeLessThanOrEqual(descriptors);
  const { residentOctets } = await usageOf(server);
  expect(residentOctets - before.residentOctets).toBeLessThan(mebibytes * 1024 * 1024);
  expect(server.troubles).toEqual([]);
}

/** Fulfilled when all have been served, and the processes that were made for them have ended. */
async function idle(
  server: ServerInChild,
  { served, processes }: { served: number; processes: number },
): Promise<void> {
  await expect.poll(() => server.stats()).toEqual({ connected: 0, served });
  await expect.poll(async () => (await usageOf(server)).processes).toBe(processes);
}
