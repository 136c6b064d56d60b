import { expect, test } from 'vitest';
import { named, UsageError } from '../../bench/cli/names.ts';

const all = [{ name: 'reactor' }, { name: 'prefork' }, { name: 'serial' }];

test('names are taken in the order of the registry, and all of them when none is given', () => {
  expect(named(['serial', 'reactor'], 'architecture', all).map(({ name }) => name)).toEqual(['reactor', 'serial']);
  expect(named(undefined, 'architecture', all)).toEqual(all);
});

test('an unknown name is answered with the one that was probably meant, and with all there are', () => {
  expect(() => named(['reacter'], 'architecture', all)).toThrow(
    new UsageError("unknown architecture 'reacter' (did you mean reactor?); there are reactor, prefork, serial"),
  );
});
