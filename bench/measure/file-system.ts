/** Of what type the file system of a folder is (proc_pid_mounts(5)). */
import { readFile, realpath } from 'node:fs/promises';

/** @returns such as `ext4` or `tmpfs`; `unknown` where the system does not tell. */
export async function fileSystemAt(folder: string): Promise<string> {
  try {
    return fileSystemIn(await readFile('/proc/self/mounts', 'utf8'), await realpath(folder));
  } catch {
    return 'unknown';
  }
}

/** @param mounts what is mounted, as the kernel lists it. @param path without symbolic links. */
export function fileSystemIn(mounts: string, path: string): string {
  let found = { point: '', type: 'unknown' };
  for (const line of mounts.split('\n')) {
    const [, point, type] = line.split(' ').map(unescapeOctal);
    if (point === undefined || type === undefined) continue;
    const above = path === point || path.startsWith(point.endsWith('/') ? point : `${point}/`);
    // What is mounted later lies on top.
    if (above && point.length >= found.point.length) found = { point, type };
  }
  return found.type;
}

/** Blanks and the like are written as three octal digits. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
