import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CommandLine, Setting } from './candidate.ts';
import { HOW_TO_FETCH, type Peer } from './peer.ts';
import { type FoundProgram, peersFolder, unpackDebian } from './unpack.ts';

const run = promisify(execFile);

/** tsc leaves it where it is. */
const SERVER = fileURLToPath(new URL('../../../bench/peers/pyftpdlib-server.py', import.meta.url));
/** Debian's packages are for Debian's own Python. */
const INTERPRETERS = ['/usr/bin/python3', 'python3'];

/** The asynchronous server of pyftpdlib, which uses sendfile(2), with a long listen queue and without limits. */
export const pyftpdlib: Peer = {
  name: 'pyftpdlib',
  missing: async () => ((await find()) ? undefined : HOW_TO_FETCH),
  fetch: () => unpackDebian('pyftpdlib', ['python3-pyftpdlib']),

  async commandLine({ address, port, root }: Setting): Promise<CommandLine> {
    return { ...(await find())!, args: [SERVER, address, String(port), root] };
  },
};

/** An interpreter that has it. */
async function find(): Promise<FoundProgram | undefined> {
  const unpacked = join(peersFolder(), 'pyftpdlib', 'usr/lib/python3/dist-packages');
  for (const program of INTERPRETERS) {
    for (const env of [undefined, { PYTHONPATH: unpacked }]) {
      try {
        await run(program, ['-c', 'import pyftpdlib.servers'], { env: { ...process.env, ...env } });
        return { program, ...(env && { env }) };
      } catch {
        // Not this one.
      }
    }
  }
  return undefined;
}
