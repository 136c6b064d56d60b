/**
 * Servers to compare with, unpacked beside each other: as Debian packages they exclude one another, and installing asks
 * for root.
 */
import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where Debian has servers, which is not on everybody's PATH. */
const SERVER_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/usr/bin'];

/** Where unpacked servers are kept: a folder for each. */
export function peersFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ohai-ftpd-bench', 'peers');
}

export interface FoundProgram {
  readonly program: string;
  /** What it needs to find its libraries when it is not installed. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Looks for a program: installed first, then unpacked.
 * @param peer the folder where `unpackDebian` put it.
 */
export async function findProgram(name: string, peer: string): Promise<FoundProgram | undefined> {
  const unpacked = join(peersFolder(), peer);
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...SERVER_FOLDERS]) {
    if (await isExecutable(join(folder, name))) return { program: join(folder, name) };
  }
  for (const folder of ['usr/sbin', 'usr/bin']) {
    const program = join(unpacked, folder, name);
    if (await isExecutable(program)) return { program, env: { LD_LIBRARY_PATH: await libraryPath(unpacked) } };
  }
  return undefined;
}

/**
 * Downloads Debian packages, and those of the libraries they need that are not installed, and unpacks them. Asks for no
 * rights.
 * @param peer name of the folder among `peersFolder()`; what was there before is replaced.
 * @throws Error with what apt-get or dpkg said, such as on a system that has neither.
 */
export async function unpackDebian(peer: string, packages: readonly string[]): Promise<void> {
  const folder = join(peersFolder(), peer);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const downloads = await mkdtemp(join(peersFolder(), 'download-'));
  try {
    const asked = new Set<string>();
    for (let missing = [...packages]; missing.length > 0; ) {
      for (const name of missing) asked.add(name);
      await run('apt-get', ['download', '-qq', ...missing], { cwd: downloads });
      const archives = (await readdir(downloads)).map((file) => join(downloads, file));
      const needed = await Promise.all(archives.map(librariesNeededBy));
      for (const archive of archives) {
        await run('dpkg', ['-x', archive, folder]);
        await rm(archive);
      }
      const wanted = [...new Set(needed.flat())].filter((name) => !asked.has(name));
      const absent = await Promise.all(wanted.map(async (name) => !(await isInstalled(name))));
      missing = wanted.filter((_, index) => absent[index]);
    }
  } finally {
    await rm(downloads, { recursive: true });
  }
}

/** Installs an npm package with what it depends on, without running scripts of any of them. */
export async function unpackNpm(peer: string, packageName: string): Promise<void> {
  const folder = join(peersFolder(), peer);
  await mkdir(folder, { recursive: true });
  const quietly = ['--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', '--prefix', folder, ...quietly, packageName]);
}

/** Of alternatives the first: that is what Debian's own servers are built against. */
async function librariesNeededBy(archive: string): Promise<string[]> {
  const { stdout } = await run('dpkg', ['-f', archive, 'Depends']);
  return stdout
    .split(',')
    .map((dependency) => /^\s*([^\s(:|]+)/.exec(dependency)?.[1] ?? '')
    .filter((name) => /^lib.*\d/.test(name));
}

async function isInstalled(packageName: string): Promise<boolean> {
  // Fails when dpkg has never heard of it.
  const { stdout } = await run('dpkg-query', ['-s', packageName]).catch(() => ({ stdout: '' }));
  return stdout.includes('Status: install ok installed');
}

async function libraryPath(unpacked: string): Promise<string> {
  const paths: string[] = [];
  for (const folder of ['lib', 'usr/lib']) {
    const entries = await readdir(join(unpacked, folder)).catch(() => []);
    paths.push(...entries.filter((name) => name.includes('-linux-')).map((name) => join(unpacked, folder, name)));
  }
  return paths.join(delimiter);
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
