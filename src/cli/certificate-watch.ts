import { stat } from 'node:fs/promises';
import { versionOf } from '../accounts/file-version.ts';
import type { Log } from '../services/log.ts';
import type { TlsIdentity } from '../tls/identity.ts';
import { type IdentityFiles, readIdentities } from './serve-tls.ts';

/** How often files are looked at. Certificates change every few months; who cannot wait sends SIGHUP. */
const LOOK_MS = 5_000;

export interface CertificateWatchOptions {
  readonly files: readonly IdentityFiles[];
  /** Gets them, when the files have changed and all of them can be used. */
  readonly renew: (identities: readonly TlsIdentity[]) => void;
  readonly log: Log;
  /** Milliseconds between two looks. */
  readonly everyMs?: number;
}

/**
 * Has certificates renewed when their files change. (A watcher of the system would not see links that lead elsewhere, as
 * ACME clients keep them.) Files that cannot be used change nothing: the certificates before stay, and one line of the log
 * says why.
 */
export class CertificateWatch implements Disposable {
  readonly #options: CertificateWatchOptions;
  readonly #timer: NodeJS.Timeout;
  /** Of the files that were read last, whatever came of it. */
  #known: string;
  /** Of the last look, when that was another one. */
  #changed: string | undefined;

  private constructor(options: CertificateWatchOptions, known: string) {
    this.#options = options;
    this.#known = known;
    this.#timer = setInterval(() => void this.look(), options.everyMs ?? LOOK_MS).unref();
  }

  /** Of files that have just been read. */
  static async start(options: CertificateWatchOptions): Promise<CertificateWatch> {
    return new CertificateWatch(options, await versionsOf(options.files));
  }

  /** Reads the files now, whether or not they seem to have changed. Never rejects. */
  async reread(): Promise<void> {
    const { files, renew, log } = this.#options;
    this.#known = await versionsOf(files);
    this.#changed = undefined;
    try {
      renew(await readIdentities(files));
      log.info('certificates renewed', { files: files.map(({ certificate }) => certificate).join(' ') });
    } catch (error) {
      log.error('certificates not renewed, those before stay', { reason: (error as Error).message });
    }
  }

  /** A certificate and its key are two files: they are read when nobody has touched either since the last look. */
  async look(): Promise<void> {
    const version = await versionsOf(this.#options.files);
    if (version === this.#known) this.#changed = undefined;
    else if (version === this.#changed) await this.reread();
    else this.#changed = version;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Tells any state of the files from any other one. */
async function versionsOf(files: readonly IdentityFiles[]): Promise<string> {
  const paths = files.flatMap(({ certificate, key }) => [certificate, key]);
  const versions = await Promise.all(
    paths.map((path) =>
      stat(path, { bigint: true }).then(versionOf, (error: NodeJS.ErrnoException) => error.code ?? error.message),
    ),
  );
  return versions.join(' ');
}
