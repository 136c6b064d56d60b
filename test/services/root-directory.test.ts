import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkRoot, RootError, SystemRootError } from '../../src/services/root-directory.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

describe('the directory to be served', () => {
  test('is given back without symbolic links', async () => {
    const directory = await temporaryDirectory();
    await symlink(directory, join(directory, 'link'));
    expect(await checkRoot(join(directory, 'link'))).toBe(await realpath(directory));
  });

  test('must exist and be a directory', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'file'), '');
    await expect(checkRoot(join(directory, 'no'))).rejects.toThrow(
      new RootError(`root ${directory}/no does not exist`),
    );
    await expect(checkRoot(join(directory, 'file'))).rejects.toThrow(`root ${directory}/file is not a directory`);
  });

  test.skipIf(process.getuid?.() === 0)('must be readable', async () => {
    const directory = join(await temporaryDirectory(), 'closed');
    await mkdir(directory);
    await chmod(directory, 0o300);
    await expect(checkRoot(directory)).rejects.toThrow('may not be accessed by this user');
  });

  test.each(['/', '/proc', '/proc/self/', '/sys/kernel', '/dev', '/usr/..'])(
    'S20: is not %s unless that is forced',
    async (root) => {
      await expect(checkRoot(root)).rejects.toThrow(SystemRootError);
      expect(await checkRoot(root, { force: true })).toBe(await realpath(root));
    },
  );

  test('S20: is not a link to a directory of the system either', async () => {
    const link = join(await temporaryDirectory(), 'link');
    await symlink('/proc/self', link);
    await expect(checkRoot(link)).rejects.toThrow('belongs to the system');
  });

  test('may have a name that begins like one of the system', async () => {
    const directory = join(await temporaryDirectory(), 'development');
    await mkdir(directory);
    expect(await checkRoot(directory)).toBe(await realpath(directory));
  });

  test.runIf(existsSync('/dev/shm'))('may lie in shared memory, where files are ordinary ones', async () => {
    const directory = await mkdtemp('/dev/shm/served-');
    onTestFinished(() => rm(directory, { recursive: true }));
    expect(await checkRoot(directory)).toBe(directory);
  });
});
