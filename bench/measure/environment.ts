/** On what the bench ran. */
import { execFile } from 'node:child_process';
import { readFile, realpath } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PosixUnavailableError } from '../../src/posix/libc.ts';
import { descriptorLimit } from '../../src/posix/resource-limits.ts';
import { SOFTWARE } from '../../src/services/software.ts';
import type { Environment } from '../record/record.ts';
import { fileSystemAt } from './file-system.ts';

const run = promisify(execFile);

/** Of the package, from dist/bench/measure. */
const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Now: asked again after the last run, it tells the load after it.
 * @param files the folder of the files that servers serve.
 */
export async function environment(files: string): Promise<Environment> {
  const [system, commit, fileSystem] = await Promise.all([systemName(), commitOf(PACKAGE), fileSystemAt(files)]);
  const load = loadavg()[0]!;
  const descriptors = descriptorLimitOrNone();
  return {
    processor: cpus()[0]?.model.trim() || 'unknown processor',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system,
    kernel: `${type()} ${release()}`,
    node: process.versions.node,
    version: SOFTWARE.version,
    ...(commit !== undefined && { commit }),
    loadBefore: load,
    loadAfter: load,
    ...(descriptors !== undefined && { descriptors }),
    files: fileSystem,
  };
}

/** As the distribution calls itself (os-release(5)), such as `Debian GNU/Linux 13 (trixie)`. */
async function systemName(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(release)?.[1] ?? type();
}

/** @returns undefined where there is no git, or where the folder is not the root of a work tree: a package that is installed in one. */
export async function commitOf(folder: string): Promise<string | undefined> {
  const git = async (...words: string[]) => (await run('git', ['-C', folder, ...words])).stdout.trim();
  try {
    const top = await git('rev-parse', '--show-toplevel');
    if ((await realpath(top)) !== (await realpath(folder))) return undefined;
    const changed = await git('status', '--porcelain', '--untracked-files=no');
    return `${await git('rev-parse', '--short=10', 'HEAD')}${changed === '' ? '' : '+'}`;
  } catch {
    return undefined;
  }
}

function descriptorLimitOrNone(): number | undefined {
  try {
    const limit = descriptorLimit();
    return Number.isFinite(limit) ? limit : undefined;
  } catch (error) {
    if (error instanceof PosixUnavailableError) return undefined;
    throw error;
  }
}
