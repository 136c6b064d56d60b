import { closeSync, fstatSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { closeUnlessTaken, newClaim, take } from '../../src/runtime/claim.ts';

test('a descriptor that was taken is left to its taker', () => {
  const claim = newClaim();
  const fd = openSync('/dev/null', 'r');
  expect(take(claim)).toBe(true);
  closeUnlessTaken(fd, claim);
  closeSync(fd);
});

test('a thread that comes to take its descriptor after the giver has closed it, is told so', () => {
  const claim = newClaim();
  const fd = openSync('/dev/null', 'r');
  closeUnlessTaken(fd, claim);
  expect(() => fstatSync(fd)).toThrow('EBADF');
  expect(take(claim)).toBe(false);
});
