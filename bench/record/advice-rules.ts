/** Which one for me: for each situation, what is looked at and how it is weighed. Rules in data, choices in advice.ts. */
import type { ServerUse } from './record.ts';

export interface AdviceRule {
  /** What somebody has or wants. */
  readonly situation: string;
  readonly looksAt: readonly Look[];
  readonly weighing: Weighing;
}

/** One figure of one workload. What a record does not have is left out, and said. */
export interface Look {
  readonly workload: string;
  /** In words that fit into a sentence. */
  readonly called: string;
  /** A figure of the workload, its headline unless told; or memory of the server, which has no spread. */
  readonly figure?: string | { readonly server: keyof Pick<ServerUse, 'pssBytes' | 'rssBytes'> };
  /** The number of clients of its headline unless told; the most at which anybody did it. */
  readonly at?: 'most clients';
}

export type Weighing =
  /** The highest geometric mean of the shares of the best. */
  | 'mean'
  /** The best at the first; of those that are as good as it, the best at the second; and so on. */
  | 'in turn'
  /** The first in the order of the book that has a decent share everywhere. */
  | 'simplest';

/** Who comes so near to the best is as good: machines differ by more. */
export const TIE_SHARE = 0.95;

/** What is decent. */
export const DECENT_SHARE = 0.5;

/** What an FTP server is there for. */
const CORE: readonly Look[] = [
  { workload: 'login', called: 'logins' },
  { workload: 'short-sessions', called: 'short sessions' },
  { workload: 'small-files', called: 'small files' },
  { workload: 'large-retr', called: 'large downloads' },
  { workload: 'large-stor', called: 'large uploads' },
  { workload: 'listing', called: 'listings' },
];

const TROUBLE: readonly Look[] = [
  { workload: 'idle-clients', called: 'idle clients' },
  { workload: 'slow-readers', called: 'a fast client beside slow readers' },
  { workload: 'blocking', called: 'NOOP beside HASH' },
];

export const ADVICE_RULES: readonly AdviceRule[] = [
  {
    situation: 'A few clients that move large files',
    looksAt: [
      { workload: 'large-retr', called: 'large downloads' },
      { workload: 'large-stor', called: 'large uploads' },
    ],
    weighing: 'mean',
  },
  {
    situation: 'Many short sessions',
    looksAt: [
      { workload: 'short-sessions', called: 'short sessions' },
      { workload: 'login', called: 'logins' },
    ],
    weighing: 'mean',
  },
  {
    situation: 'Many small files in one session',
    looksAt: [
      { workload: 'small-files', called: 'small files' },
      { workload: 'listing', called: 'listings' },
    ],
    weighing: 'mean',
  },
  {
    situation: 'A rush of clients, all at once',
    looksAt: [{ workload: 'burst', called: 'a burst' }],
    weighing: 'mean',
  },
  {
    situation: 'Thousands of clients that mostly idle',
    looksAt: [
      {
        workload: 'idle-clients',
        called: 'memory for each idle client with the most clients',
        figure: 'perIdleClient',
        at: 'most clients',
      },
      {
        workload: 'idle-clients',
        called: 'the active client beside idle ones with the most clients',
        figure: 'rate',
        at: 'most clients',
      },
    ],
    weighing: 'mean',
  },
  {
    situation: 'Many clients that are all busy',
    looksAt: [{ workload: 'scaling', called: 'throughput with the most clients', at: 'most clients' }],
    weighing: 'mean',
  },
  {
    situation: 'Slow clients beside fast ones',
    looksAt: [{ workload: 'slow-readers', called: 'a fast client beside slow readers' }],
    weighing: 'mean',
  },
  {
    situation: 'Heavy computations (HASH) beside other clients',
    looksAt: [{ workload: 'blocking', called: 'NOOP beside HASH' }],
    weighing: 'mean',
  },
  {
    situation: 'A crash must take as few clients as possible',
    looksAt: [
      { workload: 'crash', called: 'clients lost', figure: 'clientsLost' },
      { workload: 'crash', called: 'time until served again', figure: 'secondsUntilServed' },
    ],
    weighing: 'in turn',
  },
  {
    situation: 'Requests over HTTP, or of a service of my own',
    looksAt: [
      { workload: 'http-keep-alive', called: 'HTTP with kept connections' },
      { workload: 'http-connections', called: 'HTTP with a connection for each request' },
      { workload: 'cloud-hash', called: 'the cloud hash' },
    ],
    weighing: 'mean',
  },
  {
    situation: 'The least memory',
    looksAt: CORE.map((look) => ({ ...look, called: `${look.called} (PSS)`, figure: { server: 'pssBytes' } })),
    weighing: 'mean',
  },
  {
    situation: 'The simplest that does',
    looksAt: CORE,
    weighing: 'simplest',
  },
  {
    situation: 'A bit of everything',
    looksAt: [...CORE, ...TROUBLE],
    weighing: 'mean',
  },
];
