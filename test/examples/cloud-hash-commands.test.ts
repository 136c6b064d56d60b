import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { architectures } from 'ohai-ftpd/architectures';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BUILT } from './built-example.ts';

const SOURCES = join(import.meta.dirname, '../../examples/cloud-hash');
const README = readFileSync(join(SOURCES, 'README.md'), 'utf8');

const run = promisify(execFile);
const node = (program: string, ...args: string[]) => run(process.execPath, [join(BUILT, program), ...args]);

/** Starts the server on a free port. @returns its process, and where it listens. */
async function serve(...args: string[]): Promise<{ readonly child: ChildProcess; readonly port: string }> {
  const child = spawn(process.execPath, [join(BUILT, 'main.js'), '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: child.stdout! }), 'line');
  return { child, port: /port (\d+)$/.exec(line)![1]! };
}

describe('the commands of the cloud hash', () => {
  test('store and find under any architecture and framing, and the server stops by a signal', async () => {
    const { child, port } = await serve('--architecture', 'prefork', '--workers', '1', '--framing', 'length');
    const client = (...args: string[]) => node('client-main.js', '--port', port, '--framing', 'length', ...args);
    expect((await client('set', 'poem', 'one\ntwo')).stdout).toBe('stored\n');
    expect((await client('get', 'poem')).stdout).toBe('one\ntwo\n');
    expect((await client('where')).stdout).toMatch(/^process \d+, thread 0, keys: 1\n$/);
    await expect(client('get', 'nothing')).rejects.toMatchObject({
      code: 1,
      stderr: 'cloud-hash: there is no nothing where this was asked\n',
    });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test.each([
    ['main.js', ['--architecture', 'none'], '--architecture is one of serial, process-per-connection'],
    ['main.js', ['--framing', 'none'], '--framing is one of eof, newline, length'],
    ['main.js', ['--port', '65536'], '--port is a whole number from 0 to 65535'],
    ['main.js', ['--nothing'], "Unknown option '--nothing'"],
    ['client-main.js', ['delete', 'x'], 'there are set, get, where'],
    ['client-main.js', ['set', 'x'], 'set takes 2 arguments'],
  ])('say what is wrong with a command line: %s %j', async (program, args, message) => {
    await expect(node(program, ...args)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  test('are those that README.md shows', async () => {
    const help = {
      'main.js': (await node('main.js', '--help')).stdout,
      'client-main.js': (await node('client-main.js', '--help')).stdout,
    };
    for (const { name } of architectures) expect(help['main.js']).toContain(name);
    const shown = [...README.matchAll(/^node dist\/examples\/cloud-hash\/(\S+)(.*)$/gm)];
    expect(shown.length).toBeGreaterThan(5);
    for (const [, program, args] of shown) {
      for (const [flag] of args!.matchAll(/--[a-z-]+/g))
        expect(help[program as keyof typeof help]).toContain(`${flag} `);
    }
  });
});

test('README.md names every architecture, and links to files that there are', () => {
  for (const { name } of architectures) expect(README).toContain(`\`${name}\``);
  const files = readdirSync(SOURCES);
  for (const [, file] of README.matchAll(/\]\(([^)]+)\)/g)) expect(files).toContain(file);
});

test('the example imports what a program outside of this package could', () => {
  const imports = readdirSync(SOURCES)
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) =>
      [...readFileSync(join(SOURCES, name), 'utf8').matchAll(/ from '([^']+)'/g)].map(([, from]) => from!),
    );
  const outside = imports.filter((from) => !from.startsWith('node:') && !from.startsWith('./'));
  expect([...new Set(outside)].sort()).toEqual(['../../architectures/index.ts', '../../src/index.ts']);
});
