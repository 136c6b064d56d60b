/** What is said of a made-up record, with advice that tells of everything that a reader may meet. */
import type { BenchRecord } from '../../../bench/record/record.ts';
import { summarize } from '../../../bench/record/summarize.ts';
import type { Advice, Summary } from '../../../bench/record/summary.ts';

export function madeUpSummary(record: BenchRecord): Summary {
  const { name } = record.candidates.at(-1)!;
  const hostile: Advice = { situation: name, choice: [name], because: name, rule: name };
  return { ...summarize(record), advice: name === 'ftp-srv' ? ADVICE : [...ADVICE, hostile] };
}

const ADVICE: readonly Advice[] = [
  {
    situation: 'Many clients that mostly idle',
    choice: ['reactor', 'hybrid-eventmachine', 'hybrid-nginx'],
    because:
      'An idle client costs it 9.0 KiB; with a thread for each it is 2.3 MiB, and with a process for each there were no more than 312.',
    rule: 'The least memory per client with 1,000 idle clients, of those whose NOOP stays below 10 ms.',
  },
  {
    situation: 'Many short visits',
    choice: ['hybrid-nginx'],
    because: '4,100 sessions a second, 1.4 times as many as the next (reactor, 2,890).',
    rule: 'The most short sessions per second; others are named when their ranges overlap with it.',
  },
  {
    situation: 'Long computations beside interactive clients',
    choice: ['process-per-connection', 'prefork', 'thread-per-connection'],
    because: 'Others wait 1.9 ms at p99 while a file is hashed; on one event loop it is 1.49 s.',
    rule: 'The least p99 of the others during a long computation.',
  },
  {
    situation: 'A crash must take one client only',
    choice: [],
    because: 'The crash run is missing from this record.',
    rule: 'The fewest clients lost; of equal ones, that which serves again first.',
  },
];
