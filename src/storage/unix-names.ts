/** Names of users and groups, from passwd(5) and group(5). */
import { readFile } from 'node:fs/promises';

export interface UnixNames {
  /** @returns the name of the user, or its number when it has none. */
  user(uid: number): string;
  group(gid: number): string;
}

let names: Promise<UnixNames> | undefined;

/** Read once; who is added later goes by number until the server starts again. */
export function unixNames(): Promise<UnixNames> {
  names ??= readNames();
  return names;
}

async function readNames(): Promise<UnixNames> {
  const [users, groups] = await Promise.all([namesById('/etc/passwd'), namesById('/etc/group')]);
  return {
    user: (uid) => users.get(uid) ?? String(uid),
    group: (gid) => groups.get(gid) ?? String(gid),
  };
}

/** Both files have the name in the first field of a line and the number in the third. */
async function namesById(path: string): Promise<ReadonlyMap<number, string>> {
  // Systems without the file (Windows, a container made from scratch) have numbers only.
  const text = await readFile(path, 'utf8').catch(() => '');
  const found = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':');
    if (name && id && /^\d+$/.test(id) && !found.has(Number(id))) found.set(Number(id), name);
  }
  return found;
}
