import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { landlockVersion } from '../../src/posix/landlock.ts';

const MAIN = fileURLToPath(new URL('../../dist/architectures/main.js', import.meta.url));
const LIBC = new URL('../../dist/src/posix/libc.js', import.meta.url).href;

/**
 * Has the kernel answer landlock_create_ruleset(2) with `errno`, as one without Landlock does, or one that says it is older.
 * By seccomp(2): a filter, and a program of it of four instructions { code, if so, if not, operand }.
 */
function kernelThatSays(errno: number): string {
  return `data:text/javascript,
    import { addressOf, systemCall } from '${LIBC}';
    const prctl = systemCall('prctl', 'int prctl(int operation, unsigned long a, uintptr_t b, unsigned long c, unsigned long d)');
    const program = Buffer.alloc(32), filter = Buffer.alloc(16);
    const instruct = (at, code, yes, no, operand) => {
      program.writeUInt16LE(code, at * 8); program[at * 8 + 2] = yes; program[at * 8 + 3] = no; program.writeUInt32LE(operand, at * 8 + 4);
    };
    instruct(0, 0x20, 0, 0, 0);
    instruct(1, 0x15, 0, 1, 444);
    instruct(2, 0x06, 0, 0, 0x00050000 + ${errno});
    instruct(3, 0x06, 0, 0, 0x7fff0000);
    filter.writeUInt16LE(4, 0); filter.writeBigUInt64LE(BigInt(addressOf(program)), 8);
    prctl(38, 1, 0, 0, 0);
    prctl(22, 2, addressOf(filter), 0, 0);`;
}

test.runIf(landlockVersion() > 0).each(['ENOSYS', 'EOPNOTSUPP'] as const)(
  'S21: --sandbox says in one line that the kernel has no Landlock (%s), and serves nobody',
  async (code) => {
    const kernel = encodeURI(kernelThatSays(constants.errno[code]));
    const words = [
      'serve',
      '--sandbox',
      '--architecture',
      'prefork',
      '--port',
      '0',
      '--root',
      fileURLToPath(new URL('..', import.meta.url)),
    ];
    const child = spawn(process.execPath, ['--import', kernel, MAIN, ...words]);
    onTestFinished(() => void child.kill('SIGKILL'));
    const [said, exit] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(said).toMatch(/^ohai-ftpd: --sandbox is not possible: this kernel has no Landlock.*\n$/);
    expect(exit).toEqual([1, null]);
  },
);
