import { rmSync } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder to be served, which is gone afterwards. */
export class ServedFolder implements AsyncDisposable {
  readonly path: string;

  readonly #remove = () => rmSync(this.path, { recursive: true, force: true });

  private constructor(path: string) {
    this.path = path;
    // Of a run that is interrupted nothing is left either.
    process.once('exit', this.#remove);
  }

  /** @param files their sizes by their names. They are sparse: to read them costs no disk. */
  static async make(files: Readonly<Record<string, number>> = {}): Promise<ServedFolder> {
    const folder = new ServedFolder(await mkdtemp(join(tmpdir(), 'ohai-claims-')));
    for (const [name, octets] of Object.entries(files)) {
      await writeFile(join(folder.path, name), '');
      await truncate(join(folder.path, name), octets);
    }
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#remove);
    await rm(this.path, { recursive: true });
  }
}
