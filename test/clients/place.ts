import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { selfSigned } from '../../src/tls/self-signed.ts';
import { Program } from './program.ts';
import { ServerProcess, type ServerTls } from './server-process.ts';
import type { Tls, Transport } from './transport.ts';

/** How a client is to speak TLS. */
export interface ClientTls extends Tls {
  /** The file with the certificate to trust (PEM). */
  readonly authority: string;
}

/** What a test has for itself: a directory on the server and one of its client. */
export class Place {
  readonly server: ServerProcess;
  /** Undefined for a client that is to speak in the clear. */
  readonly tls: ClientTls | undefined;
  /** The test's directory on the server, as clients name it. */
  readonly remote: string;
  /** The same directory on the disk. */
  readonly served: string;
  /** Where the client runs. */
  readonly local: string;
  readonly #home: string;

  constructor(
    server: ServerProcess,
    tls: ClientTls | undefined,
    directories: { root: string; name: string; own: string },
  ) {
    this.server = server;
    this.tls = tls;
    this.remote = `/${directories.name}`;
    this.served = join(directories.root, directories.name);
    this.local = join(directories.own, 'local');
    this.#home = join(directories.own, 'home');
  }

  async make(): Promise<void> {
    for (const directory of [this.served, this.local, this.#home]) await mkdir(directory, { recursive: true });
  }

  /** Starts a client; whoever starts it awaits its end. */
  start(program: string, words: readonly string[], environment: Readonly<Record<string, string>> = {}): Program {
    return new Program(program, words, { directory: this.local, home: this.#home, environment });
  }

  /** `ftp://host:port/directory of the test/…`, with everything escaped that URLs escape; `ftps://` for implicit FTPS. */
  url(...names: readonly string[]): string {
    const path = [this.remote.slice(1), ...names].map(encodeURIComponent).join('/');
    const scheme = this.tls?.begins === 'at once' ? 'ftps' : 'ftp';
    return `${scheme}://${this.server.host}:${this.server.port}/${path}`;
  }
}

/**
 * Has one server of `architecture`, spoken with over `transport`, run for the tests of the current `describe`, and checks that it was well to the end.
 * @returns what runs the body of a test in a place of its own.
 */
export function servedPlaces(
  architecture: string,
  { tls }: Transport,
): (body: (place: Place) => Promise<void>) => Promise<void> {
  let directory = '';
  let server: ServerProcess;
  let clientTls: ClientTls | undefined;
  let places = 0;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ohai-ftpd-clients-'));
    const root = join(directory, 'root');
    await mkdir(root);
    if (tls === undefined) {
      server = await ServerProcess.start({ architecture, root });
    } else {
      const files = await makeIdentity(directory);
      clientTls = { ...tls, authority: files.certificate };
      server = await ServerProcess.start({ architecture, root, tls: { ...tls, ...files } });
    }
  });

  afterAll(async () => {
    const ending = await server?.stop();
    await rm(directory, { recursive: true, force: true });
    expect(ending).toEqual({ code: 0, faults: '' });
  });

  return async (body) => {
    places += 1;
    const name = `test-${places}`;
    const place = new Place(server, clientTls, { root: join(directory, 'root'), name, own: join(directory, name) });
    await place.make();
    await body(place);
  };
}

/** A certificate that is its own authority, for the address that servers under test listen on. */
async function makeIdentity(directory: string): Promise<Pick<ServerTls, 'certificate' | 'key'>> {
  const identity = selfSigned(['127.0.0.1', 'localhost']);
  const files = { certificate: join(directory, 'certificate.pem'), key: join(directory, 'key.pem') };
  await writeFile(files.certificate, identity.certificate);
  await writeFile(files.key, identity.key);
  return files;
}
