import type { Endpoint } from 'ohai-ftpd';
import type { ServerInChild } from '../conformance/server-in-child.ts';
import { ControlClient } from '../support/control-client.ts';
import { descendantsOf, descriptorsOf, residentOctetsOf, threadsOf } from '../support/process-tree.ts';

/** What a server uses, in all of its processes. */
export interface Usage {
  readonly processes: number;
  readonly threads: number;
  readonly descriptors: number;
  readonly residentOctets: number;
}

/** @returns what it uses when it is idle, its garbage collected in the process that was started. */
export async function usageOf(server: ServerInChild): Promise<Usage> {
  await server.collectGarbage();
  const processes = [server.pid, ...descendantsOf(server.pid)];
  const sum = (count: (pid: number) => number) => processes.reduce((total, pid) => total + count(pid), 0);
  return {
    processes: processes.length,
    threads: sum(threadsOf),
    descriptors: sum(descriptorsOf),
    residentOctets: sum(residentOctetsOf),
  };
}

/**
 * Sessions as most are: connect, log in, a small file, QUIT.
 * @param count in all. @param atATime of them. @param file that the server has, and its content.
 */
export async function runShortSessions(
  to: Endpoint,
  { count, atATime, file, content }: { count: number; atATime: number; file: string; content: string },
): Promise<void> {
  let begun = 0;
  const clients = Array.from({ length: atATime }, async () => {
    while (begun < count) {
      begun += 1;
      await session(to, file, content);
    }
  });
  await Promise.all(clients);
}

/** @throws Error when it does not go as it should. */
async function session(to: Endpoint, file: string, content: string): Promise<void> {
  const client = await ControlClient.login(to, 'anonymous', '');
  await client.command('TYPE I');
  const { octets, last } = await client.download(`RETR ${file}`);
  if (last.code !== 226 || octets.toString() !== content) throw new Error(`downloaded with ${last.lines.join()}`);
  const { code } = await client.command('QUIT');
  if (code !== 221) throw new Error(`QUIT answered with ${code}`);
  client.socket.end();
  await client.closed();
}
