import { once } from 'node:events';
import Module from 'node:module';
import { constants } from 'node:os';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { errnoName, PosixError } from '../../src/posix/errno.ts';
import { declareSystemCalls, posixAvailable, systemCall } from '../../src/posix/libc.ts';

describe('errno', () => {
  it('has the names of errno(3), those that Node does not know as well', () => {
    expect(errnoName(constants.errno.ENOENT)).toBe('ENOENT');
    expect(errnoName(constants.errno.EDQUOT)).toBe('EDQUOT');
    expect(errnoName(constants.errno.EAGAIN)).toBe('EAGAIN');
    expect(errnoName(99_999)).toBe('E99999');
  });
});

describe.runIf(process.platform !== 'win32')('libc', () => {
  it('calls the C library', () => {
    expect(posixAvailable()).toBe(true);
    const getpid = systemCall<[]>('getpid', 'int getpid()');
    expect(getpid()).toBe(process.pid);
  });

  it('has functions declared in advance, but for those that this platform lacks, which fail when called', () => {
    const missing = systemCall<[]>('no_such_call', 'int no_such_call()');
    const getppid = systemCall<[]>('getppid', 'int getppid()');
    declareSystemCalls();
    expect(getppid()).toBe(process.ppid);
    expect(() => missing()).toThrow(/no_such_call/);
  });

  it.runIf(process.platform === 'linux')(
    'has a thread terminated in mid-call without harm once they are declared',
    async () => {
      const built = (module: string) =>
        JSON.stringify(new URL(`../../dist/src/posix/${module}.js`, import.meta.url).href);
      const code = `
      import { parentPort } from 'node:worker_threads';
      import { declareSystemCalls } from ${built('libc')};
      import { isCloseOnExec } from ${built('descriptor')};
      declareSystemCalls();
      parentPort.postMessage('ready');
      for (;;) isCloseOnExec(1);`;
      for (let round = 0; round < 10; round++) {
        const worker = new Worker(code, { eval: true, execArgv: ['--input-type=module'] });
        await once(worker, 'message');
        expect(await worker.terminate()).toBe(1);
      }
    },
  );

  it('turns -1 and errno into an error with the fields of those of fs', () => {
    const close = systemCall<[number]>('close', 'int close(int fd)');
    expect(() => close(-1)).toThrow(PosixError);
    expect(() => close(-1)).toThrow(
      expect.objectContaining({ code: 'EBADF', errno: -constants.errno.EBADF, syscall: 'close' }),
    );
  });

  describe('where it cannot be reached', () => {
    afterEach(() => {
      vi.restoreAllMocks();
      vi.resetModules();
    });

    async function expectUnavailable(reason: RegExp) {
      vi.resetModules();
      const libc = await import('../../src/posix/libc.ts');
      expect(libc.posixAvailable()).toBe(false);
      libc.declareSystemCalls();
      const getpid = libc.systemCall<[]>('getpid', 'int getpid()');
      expect(() => getpid()).toThrow(libc.PosixUnavailableError);
      expect(() => getpid()).toThrow(reason);
      const { openBeneathAvailable } = await import('../../src/posix/openat2.ts');
      expect(openBeneathAvailable()).toBe(false);
      const { openListeningSocket } = await import('../../src/posix/listening-socket.ts');
      expect(() => openListeningSocket({ host: '127.0.0.1', port: 0 })).toThrow(libc.PosixUnavailableError);
      const { whenReadable } = await import('../../src/posix/readiness.ts');
      await expect(whenReadable(0)).rejects.toThrow(libc.PosixUnavailableError);
    }

    it('imports all the same and says so when called, on Windows', async () => {
      vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
      await expectUnavailable(/Windows/);
    });

    it('imports all the same and says so when called, without a koffi that loads', async () => {
      const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
      const load = loader._load;
      vi.spyOn(loader, '_load').mockImplementation((request, ...rest) => {
        if (request === 'koffi') throw new Error('no binary for this platform');
        return load.call(loader, request, ...rest);
      });
      await expectUnavailable(/koffi cannot be loaded/);
    });
  });
});
