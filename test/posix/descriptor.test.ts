import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect, Socket } from 'node:net';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  closeDescriptor,
  duplicate,
  isCloseOnExec,
  isNonBlocking,
  setCloseOnExec,
  setNonBlocking,
} from '../../src/posix/descriptor.ts';
import { posixAvailable } from '../../src/posix/libc.ts';
import { acceptConnection, openListeningSocket } from '../../src/posix/listening-socket.ts';
import { localAddress, shutdown } from '../../src/posix/socket.ts';

function opened(): number {
  const fd = openListeningSocket({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => closeDescriptor(fd));
  return fd;
}

/** The descriptors that a program has which this process starts. */
async function inherited(): Promise<number[]> {
  const list = 'console.log(JSON.stringify(fs.readdirSync("/proc/self/fd").map(Number)))';
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', list]);
  return JSON.parse(stdout);
}

/** A duplicate with a number that nothing else in a started program has. */
function highDuplicate(fd: number): number {
  const taken: number[] = [];
  while ((taken.at(-1) ?? 0) < 200) taken.push(duplicate(fd));
  const high = taken.pop()!;
  for (const other of taken) closeDescriptor(other);
  onTestFinished(() => closeDescriptor(high));
  return high;
}

describe.runIf(posixAvailable())('descriptors', () => {
  it('are duplicated, and each of the two is closed for itself', () => {
    const fd = opened();
    const second = duplicate(fd);
    expect(second).not.toBe(fd);
    expect(localAddress(second)).toEqual(localAddress(fd));
    expect(isCloseOnExec(second)).toBe(true);
    closeDescriptor(second);
    expect(() => localAddress(second)).toThrow(expect.objectContaining({ code: 'EBADF', syscall: 'getsockname' }));
    expect(localAddress(fd).port).toBeGreaterThan(0);
  });

  it('say which call failed when they are not open', () => {
    const error = (syscall: string) => expect.objectContaining({ code: 'EBADF', syscall });
    expect(() => duplicate(0x7fffff)).toThrow(error('fcntl'));
    expect(() => closeDescriptor(0x7fffff)).toThrow(error('close'));
    expect(() => setCloseOnExec(0x7fffff, true)).toThrow(error('fcntl'));
  });

  it.runIf(process.platform === 'linux')('reach a started program only without close-on-exec', async () => {
    const fd = highDuplicate(opened());
    expect(await inherited()).not.toContain(fd);
    setCloseOnExec(fd, false);
    expect(isCloseOnExec(fd)).toBe(false);
    expect(await inherited()).toContain(fd);
    setCloseOnExec(fd, true);
    expect(isCloseOnExec(fd)).toBe(true);
    expect(await inherited()).not.toContain(fd);
  });

  it('share whether calls wait with their duplicates', () => {
    const fd = opened();
    const second = duplicate(fd);
    onTestFinished(() => closeDescriptor(second));
    setNonBlocking(second, false);
    expect(isNonBlocking(fd)).toBe(false);
    setNonBlocking(fd, true);
    expect(isNonBlocking(second)).toBe(true);
  });

  it.runIf(process.platform === 'linux')('are closed without a warning in a worker thread', async () => {
    const fd = openSync('/dev/null', 'r');
    const built = new URL('../../dist/src/posix/descriptor.js', import.meta.url);
    const worker = new Worker(
      `const warnings = [];
       process.on('warning', ({ message }) => warnings.push(message));
       const { closeDescriptor } = await import(${JSON.stringify(built.href)});
       closeDescriptor(${fd});
       await new Promise(setImmediate);
       (await import('node:worker_threads')).parentPort.postMessage(warnings);`,
      { eval: true, execArgv: ['--input-type=module'] },
    );
    const [warnings] = await once(worker, 'message');
    expect(warnings).toEqual([]);
    expect(() => closeSync(fd)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });
});

describe.runIf(posixAvailable())('shutdown', () => {
  it('ends a direction of the connection for all who have a descriptor of it', async () => {
    const listeningFd = opened();
    const client = connect(localAddress(listeningFd).port, '127.0.0.1');
    await once(client, 'connect');
    const { fd } = acceptConnection(listeningFd)!;
    const server = new Socket({ fd });
    onTestFinished(() => void server.destroy());
    const second = duplicate(fd);
    onTestFinished(() => closeDescriptor(second));
    shutdown(second, 'write');
    await once(client.resume(), 'end');
    expect(() => shutdown(0x7fffff, 'write')).toThrow(expect.objectContaining({ code: 'EBADF', syscall: 'shutdown' }));
  });
});
