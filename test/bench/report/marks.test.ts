import { describe, expect, test } from 'vitest';
import type { Cell } from '../../../bench/record/summary.ts';
import { MARKS, marksOf } from '../../../bench/report/marks.ts';

const plain: Cell = {
  candidate: 'reactor',
  clients: 1,
  outcome: 'ok',
  troubles: [],
  figures: {},
  errors: 0,
  noisy: false,
  clientLimited: false,
};
const wordsOf = (cell: Partial<Cell>) => marksOf({ ...plain, ...cell }).map(({ words }) => words);

describe('the marks of a figure', () => {
  test('are none when nothing is to be said', () => {
    expect(wordsOf({})).toEqual([]);
  });

  test('say what became of a candidate that has no figure', () => {
    expect(wordsOf({ outcome: 'failed', noisy: true })).toEqual(['failed']);
    expect(wordsOf({ outcome: 'wrong' })).toEqual(['wrong']);
    expect(wordsOf({ outcome: 'skipped' })).toEqual(['skipped']);
  });

  test('say all that makes it doubtful', () => {
    expect(wordsOf({ noisy: true, clientLimited: true })).toEqual(['noisy', 'limited by the client']);
  });

  test('have a sign each, of one character', () => {
    expect(MARKS).toHaveLength(5);
    expect(new Set(MARKS.map(({ sign }) => sign)).size).toBe(MARKS.length);
    for (const { sign } of MARKS) expect([...sign]).toHaveLength(1);
  });
});
