import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { O_PATH } from '../../src/posix/open-flags.ts';
import { openBeneath, openBeneathAvailable } from '../../src/posix/openat2.ts';

describe.runIf(openBeneathAvailable())('openBeneath', () => {
  let directory: string;
  let root: number;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ohai-openat2-'));
    mkdirSync(join(directory, 'root/deep'), { recursive: true });
    writeFileSync(join(directory, 'root/deep/file'), 'content');
    writeFileSync(join(directory, 'outside'), 'secret');
    root = openSync(join(directory, 'root'), O_PATH | constants.O_DIRECTORY);
  });

  afterEach(() => {
    closeSync(root);
    rmSync(directory, { recursive: true });
  });

  function opens(path: string | Uint8Array, options = {}): boolean {
    closeSync(openBeneath(root, path, constants.O_RDONLY, options));
    return true;
  }

  it('opens what lies below the directory', () => {
    expect(opens('deep/file')).toBe(true);
    expect(opens(Buffer.from('deep/../deep/file'))).toBe(true);
    expect(opens('.')).toBe(true);
  });

  it('refuses every way out', () => {
    symlinkSync('../outside', join(directory, 'root/relative'));
    symlinkSync(join(directory, 'outside'), join(directory, 'root/absolute'));
    for (const path of ['..', '../outside', 'deep/../../outside', '/etc/passwd', 'relative', 'absolute']) {
      expect(() => opens(path), path).toThrow(expect.objectContaining({ code: 'EXDEV', syscall: 'openat2' }));
    }
  });

  it('follows links that stay inside, unless told not to', () => {
    symlinkSync('deep', join(directory, 'root/link'));
    expect(opens('link/file')).toBe(true);
    expect(() => opens('link/file', { noSymlinks: true })).toThrow(expect.objectContaining({ code: 'ELOOP' }));
    expect(() => opens('link', { noSymlinks: true })).toThrow(expect.objectContaining({ code: 'ELOOP' }));
  });

  it('makes files with the mode asked for', () => {
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY;
    const fd = openBeneath(root, 'made', flags, { mode: 0o600 });
    expect(fstatSync(fd).mode & 0o777).toBe(0o600);
    closeSync(fd);
  });

  it('does not let a NUL cut the path short', () => {
    expect(() => opens('deep\0/../..')).toThrow(TypeError);
  });

  it('names the error when there is nothing', () => {
    expect(() => opens('nothing')).toThrow(expect.objectContaining({ code: 'ENOENT', errno: -2 }));
  });
});
