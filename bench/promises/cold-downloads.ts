/** While clients download files that are on the disk and not in memory, the others must not notice. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { FtpClient } from '../client/ftp-client.ts';
import { makeSourceFile, type SourceFile } from '../files/source-file.ts';
import { whileProbing } from './noop-probe.ts';
import { type Measurement, runBench } from './report.ts';
import { ServerProcess } from './server-process.ts';

const NOOP_P99_MS = 20;
const IDLE_MS = 2_000;
const MIB = 2 ** 20;
/** statfs(2) of tmpfs, which is never cold. */
const TMPFS_MAGIC = 0x01021994;

await runBench(
  {
    title: 'Cold downloads',
    description: `
Has files downloaded, several at once, that the kernel has dropped from its memory, and measures the wait for NOOP of another
client meanwhile: sent every 2 ms by the clock, whether the last was answered or not. What comes is compared by SHA-256.
The folder has to be on a disk: TMPDIR tells where. Linux.`,
    numbers: {
      files: { default: 4, description: 'downloads at once' },
      mib: { default: 128, description: 'size of each file in MiB' },
      rounds: { default: 3, description: 'how often, each time after the files were dropped again' },
    },
    lists: {
      architectures: { default: ['reactor'], description: 'how the server runs, one after the other' },
    },
  },
  async function* (number, note, list) {
    const root = await mkdtemp(join(tmpdir(), 'ohai-bench-'));
    try {
      if ((await statfs(root)).type === TMPFS_MAGIC)
        throw new Error(`${root} is in memory; set TMPDIR to a folder on a disk`);
      note('making files …\n');
      const names = Array.from({ length: number('files') }, (_, index) => join(root, `file-${index}`));
      const files: SourceFile[] = [];
      for (const name of names) files.push(await makeSourceFile(name, number('mib') * MIB));
      for (const name of list('architectures')) yield* coldDownloads(root, name, files, number('rounds'));
    } finally {
      await rm(root, { recursive: true });
    }
  },
);

async function* coldDownloads(
  root: string,
  architecture: string,
  files: readonly SourceFile[],
  rounds: number,
): AsyncGenerator<Measurement> {
  await using server = await ServerProcess.start({ root, architecture });
  const all = () => Promise.all(files.map((file, index) => download(server, `file-${index}`, file)));
  // Whatever has to be compiled and loaded once is no part of it.
  await all();
  const idle = await whileProbing(server, () => delay(IDLE_MS));
  yield { name: `${architecture}, nothing else to do: NOOP, p99`, value: idle.noopMs.p99, unit: 'ms' };
  for (let round = 1; round <= rounds; round++) {
    for (const { path } of files) dropFromCache(path);
    const during = `${architecture}, ${files.length} cold files`;
    const started = performance.now();
    const { noopMs } = await whileProbing(server, all);
    const octets = files.reduce((sum, file) => sum + file.octets, 0);
    yield { name: `${during}: rate`, value: octets / 1e6 / ((performance.now() - started) / 1000), unit: 'MB/s' };
    yield { name: `${during}: NOOP, p50 of ${noopMs.count}`, value: noopMs.p50, unit: 'ms' };
    yield { name: `${during}: NOOP, p99`, value: noopMs.p99, unit: 'ms', bound: NOOP_P99_MS };
  }
}

async function download(server: ServerProcess, name: string, { sha256 }: SourceFile): Promise<void> {
  using client = await FtpClient.login(server);
  await client.command('TYPE I', 200);
  const data = await client.passive();
  const ended = once(data, 'end');
  client.send(`RETR ${name}`);
  const hash = createHash('sha256');
  await Promise.all([pipeline(data, hash), ended]);
  await client.expect(150);
  await client.expect(226);
  if (hash.digest('hex') !== sha256) throw new Error(`${name} came with other octets`);
}

/** posix_fadvise(2), POSIX_FADV_DONTNEED, as dd(1) does it for `nocache`. */
function dropFromCache(path: string): void {
  execFileSync('sync', [path]);
  execFileSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
}
