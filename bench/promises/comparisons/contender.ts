import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Candidate } from '../../candidates/candidate.ts';
import type { RunningCandidate } from '../../candidates/running-candidate.ts';
import { offer, type SourceFile, sha256OfFile } from '../../files/source-file.ts';
import type { Clients } from '../clients.ts';
import { type FtpLoad, type LoadPlan, WrongOctets } from '../ftp-load.ts';
import { sha256OfDownload } from './download-digest.ts';
import type { Stage } from './workload.ts';

const RUN_LIMIT_MS = 180_000;
const WARM_UP_MS = 2_000;
const DOWNLOAD = 'download.bin';
const UPLOAD = 'upload-';

export interface ContenderRun {
  readonly seconds: number;
  readonly sessions: number;
  readonly octets: number;
  readonly clientProcessorSeconds: number;
  readonly serverProcessorSeconds: number;
  readonly negotiated: readonly string[];
}

/** What a contender needs of the stage. */
type Needed = Pick<Stage, 'start' | 'load' | 'secure'>;

export interface Trouble {
  readonly text: string;
  readonly wrongOctets: boolean;
}

/** A candidate in a comparison: until it gets into trouble, after which it is left alone. */
export class Contender implements AsyncDisposable {
  readonly name: string;
  readonly runs: ContenderRun[] = [];
  readonly #candidate: Candidate;
  readonly #plan: LoadPlan;
  readonly #clients: Clients;
  readonly #source: SourceFile | undefined;
  readonly #uploads: boolean;
  #server: RunningCandidate | undefined;
  #trouble: Trouble | undefined;
  #uploadChecked = false;

  constructor(candidate: Candidate, plan: LoadPlan, clients: Clients, source: SourceFile | undefined) {
    this.name = candidate.name;
    this.#candidate = candidate;
    this.#clients = clients;
    this.#uploads = plan.script.includes('W');
    this.#source = source;
    // Who serves only some at a time serves those who have left to make room.
    const inTurn = candidate.servesAll === false && { together: false, script: plan.script.replace(/Q?$/, 'Q') };
    this.#plan = { ...plan, ...inTurn };
  }

  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** Starts the server, and compares what a download brings with what it should. */
  enter(stage: Needed): Promise<void> {
    return this.#orTrouble(async () => {
      const source = this.#source;
      this.#server = await stage.start(this.#candidate);
      if (source === undefined || this.#uploads) return;
      await offer(source, this.#server.files, DOWNLOAD);
      const digest = await sha256OfDownload(this.#server, this.#server.pathOf(DOWNLOAD), RUN_LIMIT_MS, stage.secure);
      if (digest !== source.sha256) {
        throw new WrongOctets('the SHA-256 of a download is wrong');
      }
    });
  }

  /** Does the work for a while: what compiles itself as it runs is to be measured compiled. */
  warmUp(load: FtpLoad): Promise<void> {
    const until = performance.now() + WARM_UP_MS;
    return this.#orTrouble(async () => {
      do await this.#work(load);
      while (performance.now() < until);
    });
  }

  /** Does the work once, and remembers how it went. */
  compete(load: FtpLoad): Promise<void> {
    return this.#orTrouble(async () => void this.runs.push(await this.#work(load)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }

  async #work(load: FtpLoad): Promise<ContenderRun> {
    const server = this.#server!;
    const before = server.processorSeconds;
    let after: number | undefined;
    const source = this.#source;
    const file = source && { source: source.path, name: server.pathOf(this.#uploads ? UPLOAD : DOWNLOAD) };
    const result = await this.#clients.run(server, { ...this.#plan, ...file }, RUN_LIMIT_MS, () => {
      after = server.processorSeconds;
    });
    await server.quiet();
    // Of clients that do not wait, their processes on the server are counted when they have ended.
    after ??= server.processorSeconds;
    if (this.#uploads) await this.#checkUploads(load, server.files, source!);
    const { seconds, sessions, octets, processorSeconds, negotiated = [] } = result;
    return {
      seconds,
      sessions,
      octets,
      clientProcessorSeconds: processorSeconds,
      serverProcessorSeconds: after - before,
      negotiated,
    };
  }

  /** All by length and checksum, and the first one of all runs by SHA-256; then they are removed. */
  async #checkUploads(load: FtpLoad, folder: string, source: SourceFile): Promise<void> {
    const names = (await readdir(folder)).filter((name) => name.startsWith(UPLOAD));
    if (names.length !== this.#plan.sessions) {
      throw new WrongOctets(`${names.length} files after ${this.#plan.sessions} uploads`);
    }
    const files = names.map((name) => join(folder, name));
    await load.compare(source.path, files);
    if (!this.#uploadChecked && (await sha256OfFile(files[0]!)) !== source.sha256) {
      throw new WrongOctets('the SHA-256 of an upload is wrong');
    }
    this.#uploadChecked = true;
    for (const file of files) await rm(file);
  }

  async #orTrouble(work: () => Promise<void>): Promise<void> {
    if (this.#trouble) return;
    try {
      await work();
    } catch (error) {
      this.#trouble = { text: (error as Error).message, wrongOctets: error instanceof WrongOctets };
      await this.#server?.[Symbol.asyncDispose]();
      this.#server = undefined;
    }
  }
}
