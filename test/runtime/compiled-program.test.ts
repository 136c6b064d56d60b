import { closeSync, fstatSync, readFileSync, readSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { httpServiceSpec } from 'ohai-ftpd';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryFile } from '../../src/posix/memory-file.ts';
import type * as Compiled from '../../src/runtime/compiled-program.ts';
import type * as Rosters from '../../src/runtime/roster.ts';
import type * as Units from '../../src/runtime/unit.ts';

/** Units run what is built. */
const built = async <Module>(name: string) =>
  (await import(new URL(`../../dist/src/runtime/${name}.js`, import.meta.url).href)) as Module;
const { Unit } = await built<typeof Units>('unit');
const { Roster } = await built<typeof Rosters>('roster');
const { CompiledProgram } = await built<typeof Compiled>('compiled-program');

const SERVICE = httpServiceSpec({ root: fileURLToPath(new URL('..', import.meta.url)), log: { level: 'silent' } });

/** A unit without a client. Fulfilled with how it ended: undefined for well. */
async function started(kind: 'process' | 'thread', compiled: Compiled.CompiledCode): Promise<string | undefined> {
  const order = { unit: 1, service: SERVICE };
  const unit = new Unit({ kind, roster: new Roster(), order, compiled, onTrouble: () => {} });
  await unit.ready;
  return unit.ended;
}

function program() {
  const program = CompiledProgram.create(SERVICE)!;
  onTestFinished(() => program[Symbol.dispose]());
  return program;
}

describe.runIf(process.platform === 'linux').each(['process', 'thread'] as const)('a unit in a %s', (kind) => {
  test('compiles its program for others, and they start from that', async () => {
    const { toFill, filled } = program();
    expect(await started(kind, toFill)).toBeUndefined();
    const [index] = contentOf(filled.fd).toString('latin1').split('\n', 1);
    expect(JSON.parse(index!)).toHaveLength(3);
    expect(await started(kind, filled)).toBeUndefined();
  });

  test('starts all the same when nothing has been compiled', async () => {
    expect(await started(kind, program().filled)).toBeUndefined();
  });

  test('starts all the same when V8 does not take the code', async () => {
    const { toFill, filled } = program();
    await started(kind, toFill);
    const content = contentOf(filled.fd);
    // Of every code: its check of the version and of the flags is in its first octets.
    const index = JSON.parse(content.toString('latin1').split('\n', 1)[0]!);
    let at = content.indexOf('\n') + 1;
    for (const { sourceOctets, codeOctets } of index) {
      content.fill(0, at + sourceOctets, at + sourceOctets + 16);
      at += sourceOctets + codeOctets;
    }
    writeSync(filled.fd, content, 0, content.length, 0);
    expect(await started(kind, filled)).toBeUndefined();
  });
});

test.runIf(process.platform === 'linux')('a memory file holds what is written, and has no path', () => {
  const fd = createMemoryFile('for a test');
  onTestFinished(() => closeSync(fd));
  writeSync(fd, 'octets');
  expect(contentOf(fd).toString()).toBe('octets');
  expect(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1')).toContain('pos:\t6');
  expect(fstatSync(fd).nlink).toBe(0);
});

function contentOf(fd: number): Buffer {
  const content = Buffer.alloc(fstatSync(fd).size);
  readSync(fd, content, 0, content.length, 0);
  return content;
}
