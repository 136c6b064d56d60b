/** What the kernel counts of TCP (proc(5), /proc/net/netstat): of all programs that share the network. */
import { readFile } from 'node:fs/promises';

export async function tcpCounters(): Promise<ReadonlyMap<string, number>> {
  return parseCounters(await readFile('/proc/net/netstat', 'latin1'), 'TcpExt');
}

/**
 * @param text of pairs of lines: names, then values, both behind the name of the group.
 * @throws Error when there is no such group.
 */
export function parseCounters(text: string, group: string): ReadonlyMap<string, number> {
  const [names, values] = text
    .split('\n')
    .filter((line) => line.startsWith(`${group}:`))
    .map((line) => line.split(' ').slice(1));
  if (!names || !values) throw new Error(`the kernel does not count ${group}`);
  return new Map(names.map((name, index) => [name, Number(values[index])]));
}
