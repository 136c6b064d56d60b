import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Client } from 'basic-ftp';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** The program as it is installed; `npm test` builds it first. */
const MAIN = fileURLToPath(new URL('../../dist/architectures/main.js', import.meta.url));

function start(...words: string[]) {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function run(input: string, ...words: string[]) {
  const child = start(...words);
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { out, err, code };
}

/** Reads until `pattern` has come. */
async function until(stream: Readable, pattern: RegExp): Promise<string> {
  let seen = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    seen += chunk;
    if (pattern.test(seen)) return seen;
  }
  throw new Error(`ended without ${pattern}: ${seen}`);
}

async function serve(...words: string[]) {
  const root = await temporaryDirectory();
  const child = start('serve', '--root', root, '--port', '0', ...words);
  const out = await until(child.stdout, /stops it\.\n/);
  const port = Number(/on ftp:\/\/127\.0\.0\.1:(\d+)/.exec(out)?.[1]);
  return { child, root, port, password: /password (\w+)/.exec(out)?.[1] ?? '' };
}

async function client(port: number, user = 'anonymous', password = 'me@example.com') {
  const ftp = new Client(5000);
  onTestFinished(() => ftp.close());
  await ftp.access({ host: '127.0.0.1', port, user, password });
  return ftp;
}

async function exitOf(child: ChildProcess) {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

describe('the installed program', () => {
  test('serves reading to strangers and writing to the account that it prints', async () => {
    const { root, port, password } = await serve();
    const ohai = await client(port, 'ohai', password);
    await ohai.uploadFrom(Readable.from(['hello']), 'file.txt');
    expect(await readFile(join(root, 'file.txt'), 'utf8')).toBe('hello');

    const stranger = await client(port);
    expect((await stranger.list()).map(({ name }) => name)).toEqual(['file.txt']);
    await expect(stranger.uploadFrom(Readable.from(['x']), 'other.txt')).rejects.toThrow('550');
  });

  test('knows the accounts of a password file, and their new passwords without a restart', async () => {
    const accounts = join(await temporaryDirectory(), 'accounts');
    expect(await run('first\n', 'passwd', accounts, 'alice')).toEqual({
      out: `added alice to ${accounts}\n`,
      err: '',
      code: 0,
    });
    const { port } = await serve('--password-file', accounts);
    await client(port, 'alice', 'first');
    await run('second\n', 'passwd', accounts, 'alice');
    await client(port, 'alice', 'second');
    await expect(client(port, 'alice', 'first')).rejects.toThrow('530');
  });

  test.each(['SIGTERM', 'SIGHUP'] as const)('says 421 to an idle client and exits with 0 at %s', async (signal) => {
    const { child, port } = await serve();
    const socket = connect(port, '127.0.0.1');
    await until(socket, /^220 OHAI\r\n/);
    child.kill(signal);
    expect(await until(socket, /\r\n/)).toMatch(/^421 /);
    expect(await exitOf(child)).toBe(0);
  });

  test('lets an upload finish when it is stopped', async () => {
    const { child, root, port, password } = await serve();
    const ohai = await client(port, 'ohai', password);
    const source = new PassThrough();
    const upload = ohai.uploadFrom(source, 'slow.txt');
    source.write('first half, ');
    await progressOf(ohai);
    child.kill('SIGINT');
    await until(child.stderr, /stopping/);
    source.end('second half');
    expect((await upload).code).toBe(226);
    expect(await exitOf(child)).toBe(0);
    expect(await readFile(join(root, 'slow.txt'), 'utf8')).toBe('first half, second half');
  });

  test('ends at once at the second signal', async () => {
    const { child, port, password } = await serve();
    const ohai = await client(port, 'ohai', password);
    const source = new PassThrough();
    const upload = ohai.uploadFrom(source, 'endless.txt').catch(() => 'broken');
    source.write('endless');
    await progressOf(ohai);
    child.kill('SIGTERM');
    await until(child.stderr, /stopping/);
    child.kill('SIGTERM');
    expect(await exitOf(child)).toBe(143);
    expect(await upload).toBe('broken');
  });

  test('ends with 1 and one line when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await run('', 'serve', '--port', String(port))).toEqual({
      out: '',
      err: `ohai-ftpd: port ${port} on 127.0.0.1 is in use; choose another with --port\n`,
      code: 1,
    });
  });

  test('ends with 2 and one line when its command line is wrong', async () => {
    expect(await run('', 'serve', '--prot', '1')).toEqual({
      out: '',
      err: "ohai-ftpd: unknown option '--prot' (did you mean --port?); see ohai-ftpd serve --help\n",
      code: 2,
    });
  });

  test('does not mind that nobody reads what it prints', async () => {
    const child = start('serve', '--help');
    child.stdout.destroy();
    expect(await exitOf(child)).toBe(0);
  });
});

/** Waits until an upload has begun: the client sends its first octets after the server's 150. */
async function progressOf(ftp: Client): Promise<void> {
  await new Promise<void>((resolve) => {
    ftp.trackProgress(({ bytes }) => {
      if (bytes === 0) return;
      ftp.trackProgress();
      resolve();
    });
  });
}
