import { describe, expect, test, vi } from 'vitest';
import { Interruption } from '../../src/protocol/interruption.ts';

describe('an interruption', () => {
  test('tells everybody who listens, once, in the order in which they came', () => {
    const interruption = new Interruption();
    const heard: string[] = [];
    interruption.onAbort(() => heard.push('first'));
    interruption.onAbort(() => heard.push('second'));
    expect(interruption.aborted).toBe(false);
    expect(heard).toEqual([]);
    interruption.abort();
    interruption.abort();
    expect(interruption.aborted).toBe(true);
    expect(heard).toEqual(['first', 'second']);
  });

  test('is aborted already for those whom it tells', () => {
    const interruption = new Interruption();
    let seen: boolean | undefined;
    interruption.onAbort(() => {
      seen = interruption.aborted;
    });
    interruption.abort();
    expect(seen).toBe(true);
  });

  test('tells nobody who does not listen any more', () => {
    const interruption = new Interruption();
    const [gone, there] = [vi.fn(), vi.fn()];
    const deaf = interruption.onAbort(gone);
    interruption.onAbort(there);
    deaf();
    interruption.abort();
    expect(gone).not.toHaveBeenCalled();
    expect(there).toHaveBeenCalledOnce();
  });

  test('tells at once who comes after it, and can be asked not to', () => {
    const interruption = new Interruption();
    interruption.abort();
    const late = vi.fn();
    const deaf = interruption.onAbort(late);
    expect(late).toHaveBeenCalledOnce();
    deaf();
  });

  test.each([
    { when: 'before', first: 'signal' },
    { when: 'after', first: 'abort' },
  ])('has a signal that is aborted with it, taken $when', ({ first }) => {
    const interruption = new Interruption();
    if (first === 'abort') interruption.abort();
    const { signal } = interruption;
    interruption.abort();
    expect(signal.aborted).toBe(true);
    expect(interruption.signal).toBe(signal);
  });
});
