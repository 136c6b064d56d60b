import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { posixAvailable } from '../../src/posix/libc.ts';
import { dieWithParent } from '../../src/posix/parent-death.ts';

const BUILT = new URL('../../dist/src/posix/parent-death.js', import.meta.url).href;

/** Says its pid and then blocks its only thread for ever, deaf to the closing of channels and to polite signals. */
function blocked(preparation: string): string {
  return `
    ${preparation}
    fs.writeSync(1, process.pid + '\\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  `;
}

/** A process whose one child runs that code, with the same standard output: it ends when both have ended. */
async function parentOf(code: string): Promise<{ parent: ChildProcess; childPid: number }> {
  const start = `
    const options = { stdio: ['ignore', 'inherit', 'inherit'] };
    child_process.spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(`import fs from 'node:fs'; ${code}`)}], options);
    setInterval(() => {}, 1000);
  `;
  const parent = spawn(process.execPath, ['-e', start], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = await once(parent.stdout!, 'data');
  const childPid = Number(line);
  expect(childPid).toBeGreaterThan(1);
  return { parent, childPid };
}

describe.runIf(process.platform === 'linux' && posixAvailable())('dieWithParent', () => {
  it('takes a blocked process along when its parent is killed', async () => {
    const prepare = `const { dieWithParent } = await import('${BUILT}'); dieWithParent({ parentPid: process.ppid });`;
    const { parent } = await parentOf(blocked(prepare));
    const ended = once(parent, 'close');
    parent.kill('SIGKILL');
    await ended;
  });

  it('is needed, as such a process lives on otherwise', async () => {
    const { parent, childPid } = await parentOf(blocked(''));
    const exited = once(parent, 'exit');
    const ended = once(parent, 'close');
    parent.kill('SIGKILL');
    await exited;
    // Fails when there is no such process any more.
    process.kill(childPid, 'SIGKILL');
    await ended;
  });

  it('ends a process whose parent had died before it could ask', async () => {
    const child = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `const { dieWithParent } = await import('${BUILT}'); dieWithParent({ signal: 'SIGTERM', parentPid: 1_000_000_000 });
       setInterval(() => {}, 1000);`,
    ]);
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
  });
});

describe.runIf(process.platform !== 'linux')('dieWithParent elsewhere', () => {
  it('says that it cannot', () => {
    expect(dieWithParent()).toBe(false);
  });
});
