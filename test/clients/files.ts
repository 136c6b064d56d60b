import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** More than the socket buffers of both sides hold together: a transfer of it can be stopped in the middle. */
export const BIG_BYTES = 20_000_000;

/** Names that clients, listings and command lines stumble over. */
export const ODD_NAMES: readonly string[] = [
  'with space.bin',
  'two  spaces.bin',
  'quo"te".bin',
  '"quoted"',
  'größer ÄÖÜ.bin',
  '日本語.bin',
  '🦆 duck.bin',
  '-dash.bin',
  '-l',
  '--help',
  'semi;colon, comma.bin',
  'trailing space ',
  ' leading space',
  'hash#percent%20.bin',
  '.hidden',
];

/** Those that a client can carry. @param excused what it cannot, each with the reason. */
export function oddNamesBut(excused: Readonly<Record<string, string>>): readonly string[] {
  return ODD_NAMES.filter((name) => !(name in excused));
}

/** Makes a file, with the directories above it. @returns what is in it. */
export async function plant(path: string, content: number | string | Buffer = 3_000): Promise<Buffer> {
  const octets = typeof content === 'number' ? randomBytes(content) : Buffer.from(content);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, octets);
  return octets;
}

/** Makes a file of its own content per name. */
export async function plantAll(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names) await plant(join(directory, name));
}

/** Names of files in a tree with depth, an empty file, hidden files, and names that need care. */
export const TREE: readonly string[] = [
  'top.bin',
  '.hidden file',
  'docs/read me.txt',
  'docs/größe/日本語/🦆.bin',
  'docs/größe/quo"te".bin',
  '-dash/--help',
  'many/1',
  'many/2',
  'many/3',
];

/** What is below a directory: the SHA-256 of every file, by its path. Directories stand there with a slash. */
export async function treeOf(directory: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(directory.length + 1);
    if (entry.isDirectory()) tree[`${name}/`] = 'directory';
    else tree[name] = await sha256(path);
  }
  return tree;
}

/** SHA-256 of a file, or of what shall be in one. */
export async function sha256(file: string | Uint8Array): Promise<string> {
  const octets = typeof file === 'string' ? await readFile(file) : file;
  return createHash('sha256').update(octets).digest('hex');
}
