/** Our architectures, with what they can serve. */
import { fileURLToPath } from 'node:url';
import type { Candidate, CommandLine, Setting } from './candidate.ts';

const BIN = fileURLToPath(new URL('../../architectures/main.js', import.meta.url));
const MORTAL = fileURLToPath(new URL('./mortal-server.js', import.meta.url));
const CLOUD_HASH = fileURLToPath(new URL('../../examples/cloud-hash/main.js', import.meta.url));

/** What a workload has served. */
export type Service = 'ftp' | 'mortal-ftp' | 'http' | 'cloud-hash';

/** The built server as anybody would start it. */
export function ohaiFtpd(architecture: string): Candidate {
  return ohaiFtpdServing('ftp', architecture, `ohai-ftpd ${architecture}`);
}

/** @param name of the candidate. */
export function ohaiFtpdServing(service: Service, architecture: string, name: string): Candidate {
  return { name, missing: async () => undefined, ...SERVICES[service](architecture) };
}

type Part = Pick<Candidate, 'ready' | 'dyingSignal' | 'commandLine'>;

const SERVICES: Readonly<Record<Service, (architecture: string) => Part>> = {
  ftp: (architecture) => ({
    async commandLine({ tls, ...setting }: Setting): Promise<CommandLine> {
      const encrypted = tls ? ['--tls-cert', tls.certificate, '--tls-key', tls.key] : [];
      return serve(architecture, setting, ['--writable', '--idle-timeout', '3600', ...encrypted]);
    },
  }),

  'mortal-ftp': (architecture) => ({
    dyingSignal: 'SIGUSR2',
    async commandLine({ address, port, root }: Setting): Promise<CommandLine> {
      return { program: process.execPath, args: [MORTAL, architecture, address, String(port), root] };
    },
  }),

  http: (architecture) => ({
    ready: { say: 'GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n', expect: 'HTTP/1.1 200' },
    commandLine: async (setting) => serve(architecture, setting, ['--service', 'http']),
  }),

  'cloud-hash': (architecture) => ({
    ready: { say: 'WHERE\n', expect: '' },
    async commandLine({ address, port }: Setting): Promise<CommandLine> {
      const args = ['--architecture', architecture, '--host', address, '--port', String(port)];
      return { program: process.execPath, args: [CLOUD_HASH, ...args] };
    },
  }),
};

function serve(
  architecture: string,
  { address, port, root }: Pick<Setting, 'address' | 'port' | 'root'>,
  more: readonly string[],
): CommandLine {
  const where = ['--root', root, '--host', address, '--port', String(port)];
  // Files in /dev/shm are in memory, and a client that idles is to stay.
  const how = ['--allow-system-root', '--log-level', 'warn'];
  return {
    program: process.execPath,
    args: [BIN, 'serve', '--architecture', architecture, ...where, ...how, ...more],
  };
}
