import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { posixAvailable } from '../../src/posix/libc.ts';
import { descriptorLimit } from '../../src/posix/resource-limits.ts';

it.runIf(posixAvailable())('the limit of descriptors is the one that the shell of this process tells', () => {
  // Inherited by it, and Node has raised it as far as it may.
  const told = execFileSync('sh', ['-c', 'ulimit -S -n'], { encoding: 'latin1' }).trim();
  expect(descriptorLimit()).toBe(told === 'unlimited' ? Number.POSITIVE_INFINITY : Number(told));
});
