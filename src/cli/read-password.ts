import { createInterface } from 'node:readline';
import { read } from 'read';
import { Failure } from './failure.ts';
import type { HostProcess } from './host-process.ts';

/**
 * Asks for a new password, twice and without showing it, or takes it from the first line of a standard input that is no
 * terminal.
 * @throws Failure for a password that could not be used, or when the person gives up.
 */
export async function readNewPassword(host: HostProcess, user: string): Promise<string> {
  if (!host.stdin.isTTY) return usable(await firstLine(host.stdin));
  const password = usable(await ask(host, `New password of ${user}:`));
  if ((await ask(host, 'The same again:')) !== password)
    throw new Failure('the two passwords differ; nothing was changed');
  return password;
}

function usable(password: string): string {
  if (password === '') throw new Failure('the password is empty; nothing was changed');
  // PASS is one line. U+FFFD stands for octets that the terminal did not send as UTF-8: what was meant is lost.
  if (/[\p{Cc}\ufffd]/u.test(password)) {
    throw new Failure('the password contains a character that cannot be sent over FTP; nothing was changed');
  }
  return password;
}

async function ask(host: HostProcess, prompt: string): Promise<string> {
  const output = host.stdout.isTTY ? host.stdout : host.stderr;
  const input = host.stdin;
  // terminal: even where the prompt goes to a file, because only a terminal's input can be kept from being shown.
  const answer = read({ prompt, silent: true, terminal: true, input, output });
  // Ctrl-D closes the input without an answer, and read() would wait for ever.
  const closed = new Promise<undefined>((resolve) => input.once('pause', () => setImmediate(resolve, undefined)));
  const password = await Promise.race([answer.catch(() => undefined), closed]);
  output.write('\n');
  if (password === undefined) throw new Failure('given up; nothing was changed');
  return password;
}

async function firstLine(input: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input, crlfDelay: Infinity });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
  }
}
