/** Names of users and groups, from passwd(5) and group(5). */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

export interface UnixNames {
  /** @returns the name of the user, or its number when it has none. */
  user(uid: number): string;
  group(gid: number): string;
}

const PASSWD = '/etc/passwd';
const GROUP = '/etc/group';

let names: Promise<UnixNames> | undefined;

/** Read once; who is added later goes by number until the server starts again. */
export function unixNames(): Promise<UnixNames> {
  names ??= readNames();
  return names;
}

/** Reads them at once, for a process that may not open the files later. */
export function rememberUnixNames(): void {
  names ??= Promise.resolve(namesOf(readNow(PASSWD), readNow(GROUP)));
}

async function readNames(): Promise<UnixNames> {
  return namesOf(...(await Promise.all([readSoon(PASSWD), readSoon(GROUP)])));
}

// Systems without the file (Windows, a container made from scratch) have numbers only.
const readSoon = (path: string) => readFile(path, 'utf8').catch(() => '');

function readNow(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function namesOf(passwd: string, group: string): UnixNames {
  const users = namesById(passwd);
  const groups = namesById(group);
  return {
    user: (uid) => users.get(uid) ?? String(uid),
    group: (gid) => groups.get(gid) ?? String(gid),
  };
}

/** Both files have the name in the first field of a line and the number in the third. */
function namesById(text: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':');
    if (name && id && /^\d+$/.test(id) && !found.has(Number(id))) found.set(Number(id), name);
  }
  return found;
}
