import { open, stat } from 'node:fs/promises';
import type { AccountDirectory, AccountRecord } from './account-directory.ts';
import { versionOf } from './file-version.ts';
import { parsePasswordFile } from './password-file-format.ts';

/**
 * The accounts of a password file, as the file is now: every search looks whether the file has changed since it was read.
 * (A watcher would miss a file that is replaced on another machine, or hold on to one that was renamed away.)
 *
 * A file that breaks while the server runs does not lock everybody out: the accounts that it had last remain.
 */
export class PasswordFile implements AccountDirectory {
  readonly path: string;
  readonly #onError: (error: Error) => void;
  readonly #readElsewhere: ReadFile | undefined;
  #accounts: ReadonlyMap<string, AccountRecord>;
  /** Identifies the state of the file that was read last, even when it could not be used. */
  #version: string;
  #refreshing: Promise<void> | undefined;

  private constructor(path: string, { onError, readElsewhere }: PasswordFileOptions, content: Content) {
    this.path = path;
    this.#onError = onError;
    this.#readElsewhere = readElsewhere;
    this.#accounts = content.accounts;
    this.#version = content.version;
  }

  /**
   * @throws PasswordFileError for a line that is wrong; a system error when the file cannot be read.
   */
  static async open(path: string, options: PasswordFileOptions): Promise<PasswordFile> {
    return new PasswordFile(path, options, await readPasswordFile(path, options.readElsewhere));
  }

  async find(name: string): Promise<AccountRecord | undefined> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
    return this.#accounts.get(name);
  }

  /** The names of all accounts, in the order of the file, as it was read last. */
  names(): readonly string[] {
    return [...this.#accounts.keys()];
  }

  async #refresh(): Promise<void> {
    const found = await stat(this.path, { bigint: true }).then(versionOf, (error: NodeJS.ErrnoException) => error);
    const version = typeof found === 'string' ? found : (found.code ?? found.message);
    if (version === this.#version) return;
    this.#version = version;
    try {
      if (typeof found !== 'string') throw found;
      const content = await readPasswordFile(this.path, this.#readElsewhere);
      this.#accounts = content.accounts;
      this.#version = content.version;
    } catch (error) {
      this.#onError(error as Error);
    }
  }
}

type ReadFile = (path: string) => Promise<string>;

export interface PasswordFileOptions {
  /** Called once for every state of the file that cannot be used. */
  readonly onError: (error: Error) => void;
  /** Has the text of the file read by somebody else, where this process may not open it. */
  readonly readElsewhere?: ReadFile | undefined;
}

interface Content {
  readonly accounts: ReadonlyMap<string, AccountRecord>;
  readonly version: string;
}

async function readPasswordFile(path: string, readElsewhere: ReadFile | undefined): Promise<Content> {
  try {
    await using file = await open(path);
    // Before reading, and from the descriptor: what is written or renamed meanwhile then counts as a later version.
    const version = versionOf(await file.stat({ bigint: true }));
    return contentOf(path, version, await file.readFile('utf8'));
  } catch (error) {
    if (!readElsewhere || (error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    // Before reading here as well. Who may not open a file may look at it.
    const version = versionOf(await stat(path, { bigint: true }));
    return contentOf(path, version, await readElsewhere(path));
  }
}

function contentOf(path: string, version: string, text: string): Content {
  const records = parsePasswordFile(text, path).flatMap(({ record }) => record ?? []);
  return { version, accounts: new Map(records.map((record) => [record.account.name, record])) };
}
