import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { architectures } from 'ohai-ftpd/architectures';
import { expect, onTestFinished, test } from 'vitest';
import { ControlClient } from '../support/control-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const MAIN = fileURLToPath(new URL('../../dist/architectures/main.js', import.meta.url));

/** All in one: each wrong password makes the wait for the next answer longer. */
const HOSTILE = Buffer.concat([
  Buffer.from('a\r\0b"}\r\0{"level":"info","message":"login"'),
  Buffer.from('\x1b]0;title\x07\u202e\u2028\u2029\u0085'),
  Buffer.from([0xff, 0xff, 0xfe, 0xc0, 0xaf]),
]);
const AS_TEXT =
  'a\rb"}\r{"level":"info","message":"login"\x1b]0;title\x07\u202e\u2028\u2029\u0085\udcff\udcfe\udcc0\udcaf';

/** What is written by whichever unit serves, in whatever process, as it arrives in the end. */
test.each(architectures.map(({ name }) => name))(
  'S16: the log of %s has one line that parses for each thing that happened',
  async (architecture) => {
    const words = ['serve', '--architecture', architecture, '--root', await temporaryDirectory(), '--port', '0'];
    const log = ['--log-format', 'json', '--log-level', 'debug', '--ban-after', '0', '--login-attempts', '10'];
    const child = spawn(process.execPath, [MAIN, ...words, ...log, '--anonymous'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const written = text(child.stderr);
    const port = await portOf(child.stdout);

    const client = await ControlClient.connect({ address: '127.0.0.1', port });
    onTestFinished(() => client.close());
    client.write(Buffer.concat([Buffer.from('USER '), HOSTILE, Buffer.from('\r\nPASS hunter2\r\nQUIT\r\n')]));
    while ((await client.reply()).code !== 221);
    client.socket.end();
    await client.closed();
    child.kill('SIGTERM');
    await once(child, 'exit');

    const lines = (await written).split('\n');
    expect(lines.pop()).toBe('');
    const entries = lines.map((line) => {
      expect(line).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]+$/u);
      return JSON.parse(line) as { message: string; user?: string };
    });
    const refused = entries.filter(({ message }) => message === 'login failed');
    expect(refused.map(({ user }) => user)).toEqual([AS_TEXT]);
    expect(entries.filter(({ message }) => message === 'login')).toEqual([]);
    expect(lines.join()).not.toContain('hunter2');
  },
);

async function portOf(output: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: output })) {
    const port = / on ftp:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    output.resume();
    return Number(port);
  }
  throw new Error('the server did not start');
}
