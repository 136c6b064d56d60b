import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '../../src/posix/libc.ts';
import { isCached } from '../../src/posix/lookup-cache.ts';
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
