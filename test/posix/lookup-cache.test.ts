import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '../../src/posix/libc.ts';
import { isCached, openCached } from '../../src/posix/lookup-cache.ts';
import { O_PATH } from '../../src/posix/open-flags.ts';
import { openBeneathAvailable } from '../../src/posix/openat2.ts';

function ask(directory: string, name: string): boolean {
  const opened = openSync(directory, O_PATH);
  const octets = Buffer.from(`${name}\0`);
  try {
    return isCached(opened, addressOf(octets));
  } finally {
    closeSync(opened);
  }
}

describe.runIf(openBeneathAvailable())('isCached', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ohai-lookup-cache-'));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  it('is true of what was just made: a directory, and a link itself, wherever that leads', () => {
    mkdirSync(join(directory, 'made'));
    symlinkSync('/proc/self/missing', join(directory, 'link'));
    expect(ask(directory, 'made')).toBe(true);
    expect(ask(directory, 'link')).toBe(true);
  });

  it('is false of what is not there, and of another file system mounted there', () => {
    expect(ask(directory, 'missing')).toBe(false);
    expect(ask('/', 'proc')).toBe(false);
  });

  it('S9: is false of whatever is not in the directory', () => {
    expect(ask(directory, '..')).toBe(false);
    expect(ask(directory, '/tmp')).toBe(false);
  });

  it.runIf(process.platform === 'linux')('leaves no descriptor open', () => {
    const before = readdirSync('/proc/self/fd').length;
    for (const name of ['missing', '.']) ask(directory, name);
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });
});

describe.runIf(openBeneathAvailable())('openCached', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ohai-lookup-cache-'));
    mkdirSync(join(directory, 'below'));
    writeFileSync(join(directory, 'below', 'file'), 'content');
    symlinkSync('below/file', join(directory, 'link'));
    symlinkSync('/etc/hostname', join(directory, 'absolute'));
    symlinkSync('../..', join(directory, 'up'));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  /** @returns what could be read, `nothing` of what is no file, undefined when it was not opened. */
  function read(path: string, { from = directory, noSymlinks = false } = {}): string | undefined {
    const root = openSync(from, O_PATH);
    const opened = openCached(root, Buffer.from(path), noSymlinks);
    closeSync(root);
    if (opened === undefined) return undefined;
    try {
      return readFileSync(opened, 'latin1');
    } catch {
      return 'nothing';
    } finally {
      closeSync(opened);
    }
  }

  it('opens a file that was just written for reading', () => {
    expect(read('below/file')).toBe('content');
    expect(read('below/file', { noSymlinks: true })).toBe('content');
  });

  it('opens it through a link, if links are allowed and the kernel has not to write down when that was used', () => {
    expect(['content', undefined]).toContain(read('link'));
    expect(read('link', { noSymlinks: true })).toBeUndefined();
  });

  it.each(['missing', 'below/missing', 'below/file/below'])('does not open %s, which is not there', (path) => {
    expect(read(path)).toBeUndefined();
  });

  it.each(['..', '/etc/hostname', 'absolute', 'up', 'up/etc/hostname'])('S9: does not open %s, outside', (path) => {
    expect(read(path)).toBeUndefined();
  });

  it('does not open what is on another file system', () => {
    expect(read('proc/version', { from: '/' })).toBeUndefined();
  });

  it('waits for nobody who writes to a FIFO', () => {
    execFileSync('mkfifo', [join(directory, 'fifo')]);
    expect(read('fifo')).toBe('');
  });

  it('refuses a path with a NUL, which would be cut off there', () => {
    expect(() => read('below/file\0.txt')).toThrow(TypeError);
  });
});
