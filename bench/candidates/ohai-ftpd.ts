import { fileURLToPath } from 'node:url';
import type { Candidate, CommandLine, Setting } from './candidate.ts';

const BIN = fileURLToPath(new URL('../../architectures/main.js', import.meta.url));

/** The built server as anybody would start it. */
export function ohaiFtpd(architecture: string): Candidate {
  return {
    name: `ohai-ftpd ${architecture}`,
    missing: async () => undefined,

    async commandLine({ address, port, root, tls }: Setting): Promise<CommandLine> {
      const where = ['--root', root, '--host', address, '--port', String(port)];
      // Files in /dev/shm are in memory, and a client that idles is to stay.
      const how = ['--writable', '--allow-system-root', '--idle-timeout', '3600', '--log-level', 'warn'];
      const encrypted = tls ? ['--tls-cert', tls.certificate, '--tls-key', tls.key] : [];
      const args = ['serve', '--architecture', architecture, ...where, ...how, ...encrypted];
      return { program: process.execPath, args: [BIN, ...args] };
    },
  };
}
