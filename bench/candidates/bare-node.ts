/** Not a server to use, but what a login costs at least on Node's sockets: the rest of it is what a server does for its clients. */
import { fileURLToPath } from 'node:url';
import type { Candidate, CommandLine, Setting } from './candidate.ts';

const SERVER = fileURLToPath(new URL('./bare-node-server.js', import.meta.url));

export const bareNode: Candidate = {
  name: 'bare-node',
  missing: async () => undefined,

  async commandLine({ address, port, tls }: Setting): Promise<CommandLine> {
    const encrypted = tls ? [tls.certificate, tls.key] : [];
    return { program: process.execPath, args: [SERVER, address, String(port), ...encrypted] };
  },
};
