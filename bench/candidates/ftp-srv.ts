import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandLine, Setting } from './candidate.ts';
import { HOW_TO_FETCH, type Peer } from './peer.ts';
import { peersFolder, unpackNpm } from './unpack.ts';

const SERVER = fileURLToPath(new URL('./ftp-srv-server.js', import.meta.url));

/** The npm package, in the same Node as this. */
export const ftpSrv: Peer = {
  name: 'ftp-srv',
  missing: async ({ tls } = { tls: false }) => {
    if (find() === undefined) return HOW_TO_FETCH;
    return tls ? 'takes a handshake that comes soon after its 234 for a command' : undefined;
  },
  fetch: () => unpackNpm('ftp-srv', 'ftp-srv'),
  version: async () => versionAbove(find()!),

  async commandLine({ address, port, root }: Setting): Promise<CommandLine> {
    return { program: process.execPath, args: [SERVER, find()!, address, String(port), root] };
  },
};

/** The file that is the package's entry: of the project from which the benchmark is run, or unpacked. */
function find(): string | undefined {
  for (const folder of [process.cwd(), join(peersFolder(), 'ftp-srv')]) {
    try {
      return createRequire(join(folder, 'package.json')).resolve('ftp-srv');
    } catch {
      // Not there.
    }
  }
  return undefined;
}

/** The version in the nearest package.json above a file. */
function versionAbove(file: string): string | undefined {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) return (JSON.parse(readFileSync(manifest, 'utf8')) as { version?: string }).version;
  }
  return undefined;
}
