/** Transfers, logins and short sessions: this server beside others, and beside itself. */
import { rmSync } from 'node:fs';
import { access, chmod, constants, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectures } from '../architectures/index.ts';
import { FtpLoad } from './ftp-load.ts';
import type { Candidate } from './peers/candidate.ts';
import { ohaiFtpd } from './peers/ohai-ftpd.ts';
import { peers as allPeers, usualPeers } from './peers/registry.ts';
import { RunningCandidate } from './peers/running-candidate.ts';
import { type Lists, type Measurement, type Numbers, runBench } from './report.ts';
import { comparisons } from './workloads/comparisons.ts';
import { idleMemory } from './workloads/idle-memory.ts';
import { retrBesideIdle } from './workloads/retr-beside-idle.ts';
import { smallDownload } from './workloads/small-download.ts';
import { makeSourceFile, type SourceFile } from './workloads/source-file.ts';
import type { OwnCandidate, Stage, Workload } from './workloads/workload.ts';

const workloads: readonly Workload[] = [...comparisons, idleMemory, retrBesideIdle, smallDownload];

// So that the servers are ended and the files removed: see `exit` here and in running-candidate.ts. Not `once`: npm
// passes Ctrl-C on to whom the terminal has told it already, and the second must not cut that short.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

await runBench(
  {
    title: 'Transfers',
    description: `
The built server against vsftpd, ProFTPD, Pure-FTPd, pyftpdlib and ftp-srv, all on loopback with files in memory, each
with an address and a folder of its own, in turn, round after round: the figures are medians. The clients are a program
in C.

Every transfer is compared with its source by length and checksum, and one of each server and workload by SHA-256. Wrong
octets fail the run, whose ever they are. A peer that does not start, falls silent or refuses is reported and left out.
Where clients take more than 80 % of their processor they may be what limits.

Peers that are not installed can be had by: node dist/bench/fetch-peers.js
For a first look: --mebibytes 128 --megabytes 1 --sessions 500 --idle 1000 --rounds 3
Needs a C compiler, and Linux.`,
    numbers: {
      rounds: { default: 5, description: 'runs of each, after others that are not counted' },
      mebibytes: { default: 1024, description: 'file of a single client, in MiB' },
      clients: { default: 300, description: 'clients at once' },
      megabytes: { default: 10, description: 'file of each of them, in millions of octets' },
      sessions: { default: 2_000, description: 'short sessions in each run' },
      idle: { default: 10_000, description: 'clients that idle beside a download' },
    },
    lists: {
      peers: { default: usualPeers, description: 'whom to compare with; vsftpd-isolated is another' },
      workloads: { default: workloads.map(({ name }) => name), description: 'what to do' },
      architectures: { default: ['reactor'], description: 'of this server; bounds are for the reactor' },
    },
  },
  async function* (number, note, list) {
    const memory = await access('/dev/shm', constants.W_OK).then(
      () => '/dev/shm',
      () => tmpdir(),
    );
    const folder = await mkdtemp(join(memory, 'ohai-bench-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    // Servers that leave the rights of root have to get in.
    await chmod(folder, 0o755);
    const stage = await prepare(folder, number, list, note);
    for (const workload of list('workloads').map((name) => known('workload', workloads, name))) {
      yield* guarded(workload, stage);
    }
  },
);

async function prepare(folder: string, number: Numbers, list: Lists, note: (text: string) => void): Promise<Stage> {
  const asked = list('peers')
    .filter(Boolean)
    .map((name) => known('peer', Object.values(allPeers), name));
  const peers: Candidate[] = [];
  for (const peer of asked) {
    const missing = await peer.missing();
    if (missing === undefined) peers.push(peer);
    else note(`${peer.name}: ${missing}`);
  }
  const sources = new Map<number, Promise<SourceFile>>();
  let started = 0;
  return {
    ours: list('architectures').map(ownCandidate),
    peers,
    rounds: number('rounds'),
    sizes: {
      mebibytes: number('mebibytes'),
      clients: number('clients'),
      megabytes: number('megabytes'),
      sessions: number('sessions'),
      idle: number('idle'),
    },
    load: await FtpLoad.compile(folder),
    note,
    source(octets) {
      const made = sources.get(octets) ?? makeSourceFile(join(folder, `source-${octets}`), octets);
      sources.set(octets, made);
      return made;
    },
    start(candidate) {
      started++;
      const place = { address: `127.20.${started >> 8}.${started & 255}`, folder: join(folder, String(started)) };
      return RunningCandidate.start(candidate, { ...place, clients: number('clients') });
    },
  };
}

function ownCandidate(name: string): OwnCandidate {
  const { traits } = known('architecture', architectures, name);
  const servesAll = traits.atATime.startsWith('all');
  return { ...ohaiFtpd(name), isBound: name === 'reactor', servesAll };
}

/** A workload that breaks down is a row that fails; the others go on. */
async function* guarded(workload: Workload, stage: Stage): AsyncGenerator<Measurement> {
  try {
    yield* workload.run(stage);
  } catch (error) {
    yield { name: workload.name, value: (error as Error).message, bound: 'measured' };
  }
}

function known<T extends { readonly name: string }>(what: string, all: readonly T[], name: string): T {
  const found = all.find((each) => each.name === name);
  if (!found) throw new TypeError(`no ${what} is called ${name}: there are ${all.map((each) => each.name).join(', ')}`);
  return found;
}
