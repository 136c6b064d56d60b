import { expect, test } from 'vitest';
import { Turns } from '../../src/storage/turns.ts';

test('no more than so many run at once, the others follow in the order in which they came', async () => {
  const turns = new Turns(2);
  const begun: number[] = [];
  const end: (() => void)[] = [];
  const all = [0, 1, 2, 3].map((number) =>
    turns.run(async () => {
      begun.push(number);
      await new Promise<void>((resolve) => (end[number] = resolve));
      return number;
    }),
  );
  expect(begun).toEqual([0, 1]);
  end[1]!();
  expect(await all[1]).toBe(1);
  expect(begun).toEqual([0, 1, 2]);
  end[0]!();
  await all[0];
  expect(begun).toEqual([0, 1, 2, 3]);
  end[2]!();
  end[3]!();
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
});

test('work that fails gives its turn to the next', async () => {
  const turns = new Turns(1);
  const failed = turns.run(() => Promise.reject(new Error('failed')));
  const next = turns.run(async () => 'next');
  await expect(failed).rejects.toThrow('failed');
  expect(await next).toBe('next');
});
