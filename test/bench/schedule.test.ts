import { describe, expect, test } from 'vitest';
import { extentOf, turnsOf, withinDescriptors } from '../../bench/run/schedule.ts';
import { workloads } from '../../bench/workloads/registry.ts';

const [quickOne] = workloads.filter(({ quick }) => quick);
const [fullOnly] = workloads.filter(({ quick }) => !quick);

describe('the order of the turns', () => {
  test('goes through all candidates before one has its second turn', () => {
    const turns = [...turnsOf({ clients: [1], repetitions: 3 }, ['a', 'b', 'c'])];
    expect(turns.map(({ candidate }) => candidate).join('')).toBe('abc' + 'bca' + 'cab');
    expect(turns.map(({ repetition }) => repetition).join('')).toBe('000111222');
  });

  test('goes through all numbers of clients, from few to many, in each repetition', () => {
    const turns = [...turnsOf({ clients: [1, 10], repetitions: 2 }, ['a', 'b'])];
    expect(turns.map(({ candidate, clients }) => `${candidate}${clients}`)).toEqual([
      ...['a1', 'b1', 'a10', 'b10'],
      ...['b1', 'a1', 'b10', 'a10'],
    ]);
  });
});

describe('how much of a workload is done', () => {
  test('is what the workload says, unless the command line says otherwise', () => {
    expect(extentOf(quickOne!, { full: false })).toEqual(quickOne!.quick);
    expect(extentOf(quickOne!, { full: true })).toEqual(quickOne!.full);
    const wishes = { full: false, seconds: 7, repetitions: 9, clients: 11 };
    expect(extentOf(quickOne!, wishes)).toMatchObject({
      seconds: 7,
      repetitions: 9,
      clients: [11],
      headlineClients: 11,
    });
  });

  test.each(workloads.filter(({ full }) => full.usualSeconds !== undefined))(
    'keeps the time that $name, which ends after a number of operations, may take at the most',
    (workload) => {
      expect(extentOf(workload, { full: true, seconds: 0.1 })!.seconds).toBe(workload.full.seconds);
    },
  );

  test('is never so little that a server that is to crash would not come back', () => {
    const crash = workloads.find(({ crashAfterSeconds }) => crashAfterSeconds !== undefined)!;
    expect(extentOf(crash, { full: true, seconds: 0.1 })!.seconds).toBe(crash.full.seconds);
    expect(extentOf(crash, { full: true, seconds: 60 })!.seconds).toBe(60);
  });

  test('is nothing where it takes too long for a quick bench', () => {
    expect(extentOf(fullOnly!, { full: false })).toBeUndefined();
  });

  test.each(workloads.filter(({ fixedClients }) => fixedClients))(
    'keeps the number of clients of $name',
    (workload) => {
      expect(extentOf(workload, { full: true, clients: 77 })!.clients).toEqual(workload.full.clients);
    },
  );
});

describe('too few descriptors', () => {
  const item = {
    workload: quickOne!,
    extent: { ...quickOne!.full, clients: [100, 1_000, 10_000], headlineClients: 10_000 },
  };

  test('leave out those who could not all have one, and say what to do', () => {
    const notes: string[] = [];
    const [fitting] = withinDescriptors([item], 1_024, (note) => notes.push(note));
    expect(fitting!.extent).toMatchObject({ clients: [100, 700], headlineClients: 700 });
    expect(notes).toEqual([expect.stringContaining('ulimit -n 10256')]);
  });

  test('are no matter where there are enough', () => {
    const notes: string[] = [];
    expect(withinDescriptors([item], 20_000, (note) => notes.push(note))).toEqual([item]);
    expect(notes).toEqual([]);
  });
});
