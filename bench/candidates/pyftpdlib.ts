import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CommandLine, Setting } from './candidate.ts';
import { HOW_TO_FETCH, type Peer } from './peer.ts';
import { toldVersion } from './told-version.ts';
import { type FoundProgram, peersFolder, unpackDebian } from './unpack.ts';

const run = promisify(execFile);

/** tsc leaves it where it is. */
const SERVER = fileURLToPath(new URL('../../../bench/candidates/pyftpdlib-server.py', import.meta.url));
/** Debian's packages are for Debian's own Python. */
const INTERPRETERS = ['/usr/bin/python3', 'python3'];

/** With what TLS needs. */
const PACKAGES = ['python3-pyftpdlib', 'python3-openssl', 'python3-cryptography', 'python3-cffi-backend'];

/** The asynchronous server of pyftpdlib, which uses sendfile(2), with a long listen queue and without limits. */
export const pyftpdlib = pyftpdlibWith('pyftpdlib', 1);

/** The same in a process for each processor. They share one epoll(7), in which what one waits for wakes the other. */
export const pyftpdlibPrefork = pyftpdlibWith('pyftpdlib-prefork', availableParallelism());

function pyftpdlibWith(name: string, processes: number): Peer {
  return {
    name,
    missing: async ({ tls } = { tls: false }) => ((await find(tls)) ? undefined : HOW_TO_FETCH),
    fetch: () => unpackDebian('pyftpdlib', PACKAGES),
    version: async () => toldVersion((await find(false))!, ['-c', 'import pyftpdlib; print(pyftpdlib.__ver__)']),

    async commandLine({ address, port, root, tls }: Setting): Promise<CommandLine> {
      const encrypted = tls ? [tls.certificate, tls.key] : [];
      const found = (await find(tls !== undefined))!;
      return { ...found, args: [SERVER, address, String(port), root, String(processes), ...encrypted] };
    },
  };
}

/** An interpreter that has it, and PyOpenSSL where that is asked for. */
async function find(tls: boolean): Promise<FoundProgram | undefined> {
  const modules = ['pyftpdlib.servers', ...(tls ? ['OpenSSL'] : [])];
  const unpacked = join(peersFolder(), 'pyftpdlib', 'usr/lib/python3/dist-packages');
  for (const program of INTERPRETERS) {
    for (const env of [undefined, { PYTHONPATH: unpacked }]) {
      try {
        await run(program, ['-c', `import ${modules.join(', ')}`], { env: { ...process.env, ...env } });
        return { program, ...(env && { env }) };
      } catch {
        // Not this one.
      }
    }
  }
  return undefined;
}
