import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parsePasswordFile } from '../../src/accounts/password-file-format.ts';
import { verifyPassword } from '../../src/accounts/password-hash.ts';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { FakeHost } from './fake-host.ts';

async function passwd(file: string, input: string, ...words: string[]) {
  const host = new FakeHost();
  host.stdin.end(input);
  const code = await runCommandLine({ architectures: [], argv: ['node', 'ohai-ftpd', 'passwd', file, ...words], host });
  return { code, out: host.takeOut(), err: host.takeErr() };
}

async function recordOf(file: string, name: string) {
  const lines = parsePasswordFile(await readFile(file, 'utf8'), file);
  return lines.find(({ record }) => record?.account.name === name)?.record;
}

async function newPath() {
  return join(await temporaryDirectory(), 'accounts');
}

/** A person at a terminal, who answers each prompt with the next of `keys`. */
async function typePassword(file: string, ...keys: string[]) {
  const host = new FakeHost();
  Object.assign(host.stdin, { isTTY: true });
  Object.assign(host.stdout, { isTTY: true });
  let shown = '';
  host.stdout.on('data', (chunk) => {
    shown += chunk;
    if (/(:|again:) \S*$/.test(chunk.toString())) setImmediate(() => host.stdin.write(keys.shift() ?? ''));
  });
  const code = await runCommandLine({ architectures: [], argv: ['node', 'ohai-ftpd', 'passwd', file, 'alice'], host });
  return { code, shown, err: host.takeErr() };
}

describe('passwd', () => {
  test('adds an account with the password of the first line of its input', async () => {
    const file = await newPath();
    const words = ['alice', '--home', '/a', '--permissions', 'read, write', '--administrator'];
    expect(await passwd(file, 'open sesame\r\nsecond line\n', ...words)).toEqual({
      code: 0,
      out: `added alice to ${file}\n`,
      err: '',
    });
    const record = await recordOf(file, 'alice');
    expect(record?.account).toEqual({ name: 'alice', home: '/a', permissions: ['read', 'write'], administrator: true });
    expect(await verifyPassword('open sesame', record!.passwordHash)).toBe(true);
  });

  test('gives an account a rate, and takes it back', async () => {
    const file = await newPath();
    await passwd(file, 'one', 'alice', '--max-rate', '1.5M');
    expect((await recordOf(file, 'alice'))?.account.maxBytesPerSecond).toBe(1_572_864);
    await passwd(file, 'one', 'alice', '--no-max-rate');
    expect((await recordOf(file, 'alice'))?.account.maxBytesPerSecond).toBeUndefined();
    expect((await passwd(file, 'one', 'alice', '--max-rate', 'fast')).err).toContain("'fast' is no rate");
  });

  test('changes the password of an account and keeps the rest', async () => {
    const file = await newPath();
    await passwd(file, 'one', 'alice', '--home', '/a', '--permissions', 'read-write');
    expect(await passwd(file, 'two', 'alice')).toEqual({ code: 0, out: `changed alice in ${file}\n`, err: '' });
    const record = await recordOf(file, 'alice');
    expect(record?.account.home).toBe('/a');
    expect(await verifyPassword('two', record!.passwordHash)).toBe(true);
  });

  test('removes an account', async () => {
    const file = await newPath();
    await passwd(file, 'one', 'alice');
    expect(await passwd(file, '', 'alice', '--delete')).toEqual({
      code: 0,
      out: `removed alice from ${file}\n`,
      err: '',
    });
    expect(await recordOf(file, 'alice')).toBeUndefined();
    expect(await passwd(file, '', 'alice', '--delete')).toMatchObject({
      code: 1,
      err: `ohai-ftpd: ${file} has no account 'alice'\n`,
    });
  });

  test.each([
    ['', 'the password is empty'],
    ['\n', 'the password is empty'],
    ['a\tb\n', 'cannot be sent over FTP'],
    [Buffer.from([0xe9, 0x0a]).toString(), 'cannot be sent over FTP'],
  ])('refuses the input %j', async (input, problem) => {
    const file = await newPath();
    const { code, err } = await passwd(file, input, 'alice');
    expect(code).toBe(1);
    expect(err).toContain(problem);
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  test('does not touch a file that it does not understand, and says where', async () => {
    const file = await newPath();
    await writeFile(file, 'root:x:0:0::/root:/bin/sh\n');
    const { code, err } = await passwd(file, 'one', 'alice');
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^ohai-ftpd: .*accounts line 1: [^\n]+\n$/) });
    expect(await readFile(file, 'utf8')).toBe('root:x:0:0::/root:/bin/sh\n');
  });

  test('does not replace what is no regular file', async () => {
    const file = await newPath();
    await mkdir(file);
    expect(await passwd(file, 'one', 'alice')).toEqual({
      code: 1,
      out: '',
      err: `ohai-ftpd: ${file} is not a regular file; nothing was changed\n`,
    });
  });

  test('says in one line that a directory is missing', async () => {
    const { code, err } = await passwd('/no/such/accounts', 'one', 'alice');
    expect({ code, err }).toEqual({ code: 1, err: 'ohai-ftpd: /no/such/accounts does not exist\n' });
  });
});

describe('passwd at a terminal', () => {
  test('asks twice and shows nothing of what is typed', async () => {
    const file = await newPath();
    const { code, shown } = await typePassword(file, 'open sesame\r', 'open sesame\r');
    expect(code).toBe(0);
    expect(shown).toContain('New password of alice:');
    expect(shown).toContain('The same again:');
    expect(shown).not.toContain('sesame');
    expect(await verifyPassword('open sesame', (await recordOf(file, 'alice'))!.passwordHash)).toBe(true);
  });

  test.each([
    ['two different answers', ['one\r', 'two\r'], 'the two passwords differ; nothing was changed'],
    ['Ctrl-D', ['\x04'], 'given up; nothing was changed'],
    ['Ctrl-C', ['\x03'], 'given up; nothing was changed'],
    ['Ctrl-D at the second prompt', ['one\r', '\x04'], 'given up; nothing was changed'],
  ])('changes nothing after %s', async (_, keys, message) => {
    const file = await newPath();
    const { code, err } = await typePassword(file, ...keys);
    expect({ code, err }).toEqual({ code: 1, err: `ohai-ftpd: ${message}\n` });
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });
});
