/** Where the candidates run: a folder in memory with all files, and an address for each of them. */
import { chmod, link, mkdir, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Candidate } from '../candidates/candidate.ts';
import { RunningCandidate } from '../candidates/running-candidate.ts';
import { makeBenchFolder, memoryFolder, removeFolder } from '../files/bench-folder.ts';
import { makeSourceFile, offer, type SourceFile } from '../files/source-file.ts';
import type { ServedFile } from '../workloads/workload.ts';

/** For uploads, logs and what servers write beside the files. */
const SPARE_BYTES = 256 * 2 ** 20;
/** Loopback addresses of the candidates: 127.20.0.1 and so on, so that TIME_WAIT of one is not in the way of another. */
const NETWORK = '127.20';

/** Nothing can be measured. What it says is for people. */
export class StageError extends Error {
  override readonly name = 'StageError';
}

export class Stage implements AsyncDisposable {
  readonly folder: string;
  readonly #sources = new Map<string, SourceFile>();
  #started = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param parent the folder in which it is made (default: memory where there is some). @throws StageError */
  static async open(parent?: string): Promise<Stage> {
    const where = parent ?? (await memoryFolder());
    try {
      return new Stage(await makeBenchFolder(where));
    } catch (error) {
      throw new StageError(`cannot write in ${where}: ${(error as Error).message}; --files names another folder`);
    }
  }

  /**
   * Makes the files that workloads offer.
   * @param uploads octets that candidates may store at a time. @throws StageError when there is no room.
   */
  async prepare(files: readonly ServedFile[], uploads: number): Promise<void> {
    const octets = files.reduce((sum, file) => sum + ('octets' in file && !file.sparse ? file.octets : 0), uploads);
    const { bavail, bsize } = await statfs(this.folder);
    const [needed, free] = [octets + SPARE_BYTES, bavail * bsize];
    if (free < needed) {
      const inMiB = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
      throw new StageError(
        `${this.folder} has ${inMiB(free)} left and ${inMiB(needed)} are needed: make room, or name another folder by --files`,
      );
    }
    for (const file of files) if ('octets' in file && !file.sparse) await this.#make(file);
  }

  /** In hexadecimal digits. */
  sha256Of(name: string): string {
    return this.#sources.get(name)!.sha256;
  }

  /** @param clients that come at once. @throws Error when it does not start. */
  async start(candidate: Candidate, files: readonly ServedFile[], clients: number): Promise<RunningCandidate> {
    this.#started++;
    const place = {
      address: `${NETWORK}.${this.#started >> 8}.${this.#started & 255}`,
      folder: join(this.folder, String(this.#started)),
      clients,
    };
    const server = await RunningCandidate.start(candidate, place);
    for (const file of files) await this.#offer(file, server.files);
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    removeFolder(this.folder);
  }

  async #make({ name, octets }: { readonly name: string; readonly octets: number }): Promise<void> {
    if (!this.#sources.has(name)) this.#sources.set(name, await makeSourceFile(join(this.folder, name), octets));
  }

  async #offer(file: ServedFile, folder: string): Promise<void> {
    const path = join(folder, file.name);
    if ('entries' in file) {
      await mkdir(path);
      await chmod(path, 0o755);
      const empty = join(this.folder, 'empty');
      await writeFile(empty, '');
      for (let entry = 0; entry < file.entries; entry++) {
        await link(empty, join(path, `photo-${String(entry).padStart(6, '0')}.jpeg`));
      }
    } else if (file.sparse) {
      await writeFile(path, '');
      await truncate(path, file.octets);
    } else {
      await offer(this.#sources.get(file.name)!, folder, file.name);
    }
  }
}
