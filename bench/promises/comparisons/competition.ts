/** Has servers do workloads one after the other: what the benchmarks that compare them have in common. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { architectures } from '../../../architectures/index.ts';
import { bareNode } from '../../candidates/bare-node.ts';
import type { Candidate } from '../../candidates/candidate.ts';
import { ohaiFtpd } from '../../candidates/ohai-ftpd.ts';
import { peers as allPeers } from '../../candidates/registry.ts';
import { RunningCandidate } from '../../candidates/running-candidate.ts';
import { type Cipher, makeCertificate } from '../../candidates/tls-setting.ts';
import { makeBenchFolder, memoryFolder } from '../../files/bench-folder.ts';
import { makeSourceFile, type SourceFile } from '../../files/source-file.ts';
import { FtpLoad } from '../ftp-load.ts';
import type { Lists, Measurement } from '../report.ts';
import type { OwnCandidate, Stage, Workload } from './workload.ts';

/** @typeParam S what the command line may change. */
export interface Competition<S> {
  readonly workloads: readonly Workload<S>[];
  readonly sizes: S;
  /** At once, at the most. */
  readonly clients: number;
  readonly rounds: number;
  /** With it, servers and clients speak TLS. */
  readonly cipher?: Cipher;
  note(text: string): void;
}

/**
 * Does the workloads of the command line.
 * @param list of `peers`, `workloads` and `architectures`; empty words in it do not count.
 * @throws TypeError for a name that there is not, or Error without a C compiler.
 */
export async function* compete<S>(what: Competition<S>, list: Lists): AsyncGenerator<Measurement> {
  // So that the servers are ended and the files removed: see `exit` in bench-folder.ts and in running-candidate.ts. Not `once`: npm
  // passes Ctrl-C on to whom the terminal has told it already, and the second must not cut that short.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));
  const folder = await makeBenchFolder(await memoryFolder());
  const stage = await prepare(what, folder, list);
  for (const workload of named(list('workloads'), 'workload', what.workloads)) yield* guarded(workload, stage);
}

async function prepare<S>(what: Competition<S>, folder: string, list: Lists): Promise<Stage<S>> {
  const { cipher, clients, note } = what;
  const peers: Candidate[] = [];
  for (const peer of named(list('peers'), 'peer', [...Object.values(allPeers), bareNode])) {
    const missing = await peer.missing({ tls: cipher !== undefined });
    if (missing === undefined) peers.push(peer);
    else note(`${peer.name}: ${missing}`);
  }
  const tls = cipher && (await makeCertificate(folder));
  const programs = join(folder, 'programs');
  await mkdir(programs);
  const sources = new Map<number, Promise<SourceFile>>();
  let started = 0;
  return {
    ours: named(list('architectures'), 'architecture', architectures).map(ownCandidate),
    peers,
    rounds: what.rounds,
    sizes: what.sizes,
    load: await FtpLoad.compile(programs, cipher),
    note,
    secure: cipher !== undefined,
    source(octets) {
      const made = sources.get(octets) ?? makeSourceFile(join(folder, `source-${octets}`), octets);
      sources.set(octets, made);
      return made;
    },
    start(candidate) {
      started++;
      const place = { address: `127.20.${started >> 8}.${started & 255}`, folder: join(folder, String(started)) };
      return RunningCandidate.start(candidate, { ...place, clients, ...(tls && { tls }) });
    },
  };
}

function ownCandidate({ name, traits }: (typeof architectures)[number]): OwnCandidate {
  const servesAll = traits.atATime.startsWith('all');
  return { ...ohaiFtpd(name), isBound: name === 'reactor', servesAll };
}

/** A workload that breaks down is a row that fails; the others go on. */
async function* guarded<S>(workload: Workload<S>, stage: Stage<S>): AsyncGenerator<Measurement> {
  try {
    yield* workload.run(stage);
  } catch (error) {
    yield { name: workload.name, value: (error as Error).message, bound: 'measured' };
  }
}

function named<T extends { readonly name: string }>(names: readonly string[], what: string, all: readonly T[]): T[] {
  return names.filter(Boolean).map((name) => {
    const found = all.find((each) => each.name === name);
    if (found) return found;
    throw new TypeError(`no ${what} is called ${name}: there are ${all.map((each) => each.name).join(', ')}`);
  });
}
