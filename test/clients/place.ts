import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { Program } from './program.ts';
import { ServerProcess } from './server-process.ts';

/** What a test has for itself: a directory on the server and one of its client. */
export class Place {
  readonly server: ServerProcess;
  /** The test's directory on the server, as clients name it. */
  readonly remote: string;
  /** The same directory on the disk. */
  readonly served: string;
  /** Where the client runs. */
  readonly local: string;
  readonly #home: string;

  constructor(server: ServerProcess, directories: { root: string; name: string; own: string }) {
    this.server = server;
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

  /** `ftp://host:port/directory of the test/…`, with everything escaped that URLs escape. */
  url(...names: readonly string[]): string {
    const path = [this.remote.slice(1), ...names].map(encodeURIComponent).join('/');
    return `ftp://${this.server.host}:${this.server.port}/${path}`;
  }
}

/**
 * Has one server of `architecture` run for the tests of the current `describe`, and checks that it was well to the end.
 * @returns what runs the body of a test in a place of its own.
 */
export function servedPlaces(architecture: string): (body: (place: Place) => Promise<void>) => Promise<void> {
  let directory = '';
  let server: ServerProcess;
  let places = 0;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ohai-ftpd-clients-'));
    const root = join(directory, 'root');
    await mkdir(root);
    server = await ServerProcess.start({ architecture, root });
  });

  afterAll(async () => {
    const ending = await server?.stop();
    await rm(directory, { recursive: true, force: true });
    expect(ending).toEqual({ code: 0, faults: '' });
  });

  return async (body) => {
    places += 1;
    const name = `test-${places}`;
    const place = new Place(server, { root: join(directory, 'root'), name, own: join(directory, name) });
    await place.make();
    await body(place);
  };
}
