/** What is measured over TLS. The letters of a script are explained in ftp-load.c. */
import type { Clients } from '../clients.ts';
import { type Bound, type Comparison, comparison } from './comparison.ts';
import { mebibytesOf, oneFile } from './comparisons.ts';
import type { Workload } from './workload.ts';

/** What the command line may change. */
export interface TlsSizes {
  /** Of the file of one client. */
  readonly mebibytes: number;
  /** Handshakes in each run. */
  readonly handshakes: number;
  /** Clients at once that make them. */
  readonly clients: number;
}

const RETR: readonly Bound[] = [
  { over: 'vsftpd', atLeast: 3 },
  { over: 'pyftpdlib', atLeast: 1.5 },
];
const STOR: readonly Bound[] = [
  { over: 'vsftpd', atLeast: 1.5 },
  { over: 'pyftpdlib', atLeast: 1.5 },
  { over: 'the best peer' },
];

/** curl may be what limits; its ratios inform, and the bounds are for a client that takes less. */
const informing = (bounds: readonly Bound[]): Bound[] => bounds.map(({ over }) => ({ over }));

export const TLS_WORKLOADS = ['retr', 'stor', 'retr-curl', 'stor-curl', 'handshakes'] as const;

/** @param curl a client that people use. */
export function tlsComparisons(curl: Clients): Workload<TlsSizes>[] {
  const retr: Comparison<TlsSizes> = {
    name: 'retr',
    title: (sizes) => `RETR ${mebibytesOf(sizes)} over TLS`,
    sourceOctets: oneFile,
    plan: () => ({ script: 'PTR', sessions: 1, together: true }),
    rate: 'MB/s',
    bounds: RETR,
    processorTimeOf: 'GiB',
  };
  const stor: Comparison<TlsSizes> = {
    ...retr,
    name: 'stor',
    title: (sizes) => `STOR ${mebibytesOf(sizes)} over TLS`,
    plan: () => ({ script: 'PTW', sessions: 1, together: true }),
    bounds: STOR,
  };
  const byCurl = ({ name, title, bounds, ...rest }: Comparison<TlsSizes>): Comparison<TlsSizes> => ({
    ...rest,
    name: `${name}-curl`,
    title: (sizes) => `${title(sizes)} by curl`,
    clients: curl,
    bounds: informing(bounds),
  });
  const handshakes: Comparison<TlsSizes> = {
    name: 'handshakes',
    title: () => 'handshakes with login',
    plan: ({ handshakes, clients }) => ({ script: 'Q', sessions: handshakes, atOnce: clients }),
    rate: '/s',
    bounds: [
      { over: 'pyftpdlib', atLeast: 1 },
      { over: 'pyftpdlib-prefork' },
      { over: 'bare-node' },
      { over: 'vsftpd', atLeast: 2 },
    ],
    processorTimeOf: 'session',
  };
  return [retr, stor, byCurl(retr), byCurl(stor), handshakes].map((each) => comparison(each));
}
