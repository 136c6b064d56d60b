/** How fast a directory of 100,000 files is listed, beside pyftpdlib. */
import { once } from 'node:events';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Candidate } from '../candidates/candidate.ts';
import { ohaiFtpd } from '../candidates/ohai-ftpd.ts';
import { pyftpdlib } from '../candidates/pyftpdlib.ts';
import { RunningCandidate } from '../candidates/running-candidate.ts';
import { FtpClient, type ServerAddress } from '../client/ftp-client.ts';
import { distribution } from '../measure/percentiles.ts';
import { type Measurement, runBench } from './report.ts';

interface Listing {
  readonly title: string;
  readonly verb: string;
  /** Of MLST, for OPTS. */
  readonly facts?: string;
  /** Times as fast as pyftpdlib, at least. Names alone take it no system call, and are a single join in C. */
  readonly atLeast?: number;
  /** What a line must be for a file. */
  readonly line: (file: File) => RegExp;
}

interface File {
  readonly name: string;
  readonly size: number;
  readonly modified: Date;
}

const DEFAULT_FACTS = 'type;size;modify;perm;unique;UNIX.mode;UNIX.uid;UNIX.gid;';

const LISTINGS: readonly Listing[] = [
  {
    title: 'LIST',
    verb: 'LIST',
    atLeast: 2,
    line: ({ name, size }) =>
      new RegExp(`^-rw-r--r-- +1 +\\S+ +\\S+ +${size} [A-Z][a-z]{2} [ \\d]\\d [ \\d:]{5} ${name}$`),
  },
  {
    title: 'MLSD',
    verb: 'MLSD',
    facts: DEFAULT_FACTS,
    atLeast: 2,
    line: ({ name, size, modified }) =>
      new RegExp(`^type=file;size=${size};modify=${modified.toISOString().replaceAll(/[-T:]|\..*/g, '')};.* ${name}$`),
  },
  { title: 'MLSD, only type', verb: 'MLSD', facts: 'type;', line: ({ name }) => new RegExp(`^type=file; ${name}$`) },
  { title: 'NLST', verb: 'NLST', line: ({ name }) => new RegExp(`^${name}$`) },
];

const MINUTE_MS = 60_000;
const LF = 0x0a;

/** What all of them serve, and the directory in it that a running candidate has for files, and makes if it is not there. */
const SHARED = 'shared';
const DIRECTORY = 'files';

await runBench(
  {
    title: 'Listings',
    description: `
Serves a directory of small files (in memory where the system has /dev/shm) and takes LIST, NLST and MLSD of it, from this
server and from pyftpdlib in turns. What is listed is compared with what is in the directory. No file is of the minute that
another one is of, so that no line is like the last. Without pyftpdlib there are no ratios.`,
    numbers: {
      entries: { default: 100_000, description: 'files in the directory' },
      rounds: { default: 7, description: 'listings of each kind from each server' },
    },
  },
  async function* (number, note) {
    const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'ohai-bench-'));
    try {
      note(`making ${number('entries')} files …\n`);
      const files = fill(join(folder, SHARED, DIRECTORY), number('entries'));
      const missing = await pyftpdlib.missing();
      if (missing !== undefined) note(`pyftpdlib: ${missing}\n`);
      await using ours = await serve(folder, ohaiFtpd('reactor'), '127.0.0.2');
      await using theirs = missing === undefined ? await serve(folder, pyftpdlib, '127.0.0.3') : undefined;
      for (const listing of LISTINGS) yield* compare(listing, files, ours, theirs, number('rounds'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

/** All serve the same directory. */
async function serve(folder: string, candidate: Candidate, address: string): Promise<RunningCandidate> {
  const place = join(folder, candidate.name);
  await mkdir(place);
  await symlink(join(folder, SHARED), join(place, 'root'));
  return await RunningCandidate.start(candidate, { address, folder: place, clients: 1 });
}

async function* compare(
  { title, verb, facts, atLeast, line }: Listing,
  files: readonly File[],
  ours: ServerAddress,
  theirs: ServerAddress | undefined,
  rounds: number,
): AsyncGenerator<Measurement> {
  const rates = new Map<ServerAddress, number[]>();
  let right = true;
  // The first round is for what is loaded and compiled once, and for a thorough look: its litter must not slow the others.
  for (let round = 0; round <= rounds; round++) {
    for (const server of theirs ? [ours, theirs] : [ours]) {
      const { octets, ms } = await take(server, verb, facts);
      right &&= countLines(octets) === files.length;
      if (round === 0 && server === ours) right &&= matches(octets.toString().split('\r\n').slice(0, -1), files, line);
      if (round > 0) rates.set(server, [...(rates.get(server) ?? []), (files.length / ms) * 1000]);
    }
  }
  const median = (server: ServerAddress) => distribution(rates.get(server)!).p50;
  yield { name: `${title}: every listing is right`, value: right ? 'yes' : 'no', bound: 'yes' };
  yield { name: `${title}: entries per second`, value: Math.round(median(ours)) };
  if (!theirs) return;
  yield { name: `${title}: entries per second, pyftpdlib`, value: Math.round(median(theirs)) };
  yield { name: `${title}: ratio`, value: median(ours) / median(theirs), ...(atLeast !== undefined && { atLeast }) };
}

/** One listing on a session of its own, timed from the command to the reply that ends it. */
async function take(
  server: ServerAddress,
  verb: string,
  facts: string | undefined,
): Promise<{ octets: Buffer; ms: number }> {
  using client = await FtpClient.login(server);
  await client.command(`CWD ${DIRECTORY}`, 250);
  if (facts !== undefined) await client.command(`OPTS MLST ${facts}`, 200);
  const data = await client.passive();
  const chunks: Buffer[] = [];
  data.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(data, 'end');
  const start = performance.now();
  client.send(verb);
  data.resume();
  await ended;
  const opening = await client.reply();
  if (![125, 150].includes(opening.code)) throw new Error(opening.lines.join(' / '));
  await client.expect(226);
  return { ms: performance.now() - start, octets: Buffer.concat(chunks) };
}

function countLines(octets: Buffer): number {
  let lines = 0;
  for (let at = octets.indexOf(LF); at >= 0; at = octets.indexOf(LF, at + 1)) lines += 1;
  return lines;
}

/** Whether each file has one line, and every hundredth the right one. */
function matches(lines: readonly string[], files: readonly File[], line: Listing['line']): boolean {
  const byName = new Map(lines.map((each) => [each.slice(each.lastIndexOf(' ') + 1), each]));
  return files.every((file, index) => {
    const found = byName.get(file.name);
    return found !== undefined && (index % 100 > 0 || line(file).test(found));
  });
}

function fill(root: string, entries: number): File[] {
  mkdirSync(root, { recursive: true });
  const now = Date.now();
  return Array.from({ length: entries }, (_, index) => {
    const name = `photo-${String(index).padStart(6, '0')}.jpeg`;
    const size = index % 1000;
    const modified = new Date(now - index * 7 * MINUTE_MS);
    writeFileSync(join(root, name), Buffer.alloc(size), { mode: 0o644 });
    utimesSync(join(root, name), modified, modified);
    return { name, size, modified };
  });
}
