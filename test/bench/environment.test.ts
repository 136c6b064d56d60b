import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { commitOf, environment } from '../../bench/measure/environment.ts';
import { fileSystemIn } from '../../bench/measure/file-system.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const run = promisify(execFile);

describe('the environment', () => {
  test('tells machine and versions', async () => {
    const { processor, cores, memoryBytes, node, version, kernel } = await environment(await temporaryDirectory());
    expect(processor).not.toBe('');
    expect(cores).toBeGreaterThan(0);
    expect(memoryBytes).toBeGreaterThan(2 ** 20);
    expect(node).toBe(process.versions.node);
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(kernel).toMatch(/^\w+ \d/);
  });

  test('tells the commit of a work tree, and whether it has changed', async () => {
    const folder = await temporaryDirectory();
    const git = (...words: string[]) =>
      run('git', [
        '-C',
        folder,
        '-c',
        'user.name=x',
        '-c',
        'user.email=x@example.org',
        '-c',
        'commit.gpgSign=false',
        ...words,
      ]);
    expect(await commitOf(folder)).toBeUndefined();
    await git('init', '--quiet');
    await writeFile(join(folder, 'file'), 'one');
    await git('add', 'file');
    await git('commit', '--quiet', '--no-verify', '--message', 'one');
    const { stdout } = await git('rev-parse', 'HEAD');
    const commit = await commitOf(folder);
    expect(commit).toMatch(/^[0-9a-f]{10}$/);
    expect(stdout.startsWith(commit!)).toBe(true);
    await writeFile(join(folder, 'file'), 'two');
    expect(await commitOf(folder)).toBe(`${commit}+`);
    await mkdir(join(folder, 'inside'));
    expect(await commitOf(join(folder, 'inside'))).toBeUndefined();
  });

  test('tells the file system that a folder is on: the nearest mount, and the last of several', () => {
    const mounts = [
      '/dev/vda / ext4 rw 0 0',
      'tmpfs /dev/shm tmpfs rw 0 0',
      'disk /mnt/my\\040disk xfs rw 0 0',
      'disk /data ext4 rw 0 0',
      'disk /data btrfs rw 0 0',
      '',
    ].join('\n');
    expect(fileSystemIn(mounts, '/')).toBe('ext4');
    expect(fileSystemIn(mounts, '/dev/shm/bench')).toBe('tmpfs');
    expect(fileSystemIn(mounts, '/dev/shmem')).toBe('ext4');
    expect(fileSystemIn(mounts, '/mnt/my disk')).toBe('xfs');
    expect(fileSystemIn(mounts, '/data/x')).toBe('btrfs');
    expect(fileSystemIn('', '/data')).toBe('unknown');
  });
});
