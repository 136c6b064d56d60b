/** What all servers are measured by. The letters of a script are explained in ftp-load.c. */
import { type Comparison, comparison } from './comparison.ts';
import type { Sizes, Workload } from './workload.ts';

const MIB = 2 ** 20;
const SMALL_FILE_OCTETS = 1024;
const SHORT_SESSIONS_AT_ONCE = 50;

export const oneFile = ({ mebibytes }: Pick<Sizes, 'mebibytes'>) => mebibytes * MIB;
const eachFile = ({ megabytes }: Sizes) => megabytes * 1_000_000;
export const mebibytesOf = ({ mebibytes }: Pick<Sizes, 'mebibytes'>) =>
  mebibytes === 1024 ? '1 GiB' : `${mebibytes} MiB`;

const all: readonly Comparison[] = [
  {
    name: 'retr',
    title: (sizes) => `RETR ${mebibytesOf(sizes)}`,
    sourceOctets: oneFile,
    plan: () => ({ script: 'PTR', sessions: 1, together: true }),
    rate: 'GB/s',
    bounds: [
      { over: 'vsftpd', atLeast: 1.15 },
      { over: 'ftp-srv', atLeast: 5 },
    ],
    processorTimeOf: 'GiB',
    processorOverVsftpd: 1.1,
  },
  {
    name: 'stor',
    title: (sizes) => `STOR ${mebibytesOf(sizes)}`,
    sourceOctets: oneFile,
    plan: () => ({ script: 'PTW', sessions: 1, together: true }),
    rate: 'GB/s',
    bounds: [
      { over: 'vsftpd', atLeast: 1.3 },
      { over: 'ftp-srv', atLeast: 2.5 },
    ],
  },
  {
    name: 'retr-many',
    title: ({ clients, megabytes }) => `${clients} × RETR ${megabytes} MB`,
    sourceOctets: eachFile,
    plan: ({ clients }) => ({ script: 'PTR', sessions: clients, together: true }),
    rate: 'GB/s',
    bounds: [{ over: 'the best peer', atLeast: 1 }],
  },
  {
    name: 'stor-many',
    title: ({ clients, megabytes }) => `${clients} × STOR ${megabytes} MB`,
    sourceOctets: eachFile,
    plan: ({ clients }) => ({ script: 'PTW', sessions: clients, together: true }),
    rate: 'GB/s',
    bounds: [{ over: 'the best peer', atLeast: 1 }],
  },
  {
    name: 'logins',
    title: ({ clients }) => `${clients} logins at once`,
    plan: ({ clients }) => ({ script: '', sessions: clients }),
    rate: '/s',
    bounds: [{ over: 'pyftpdlib', atLeast: 1 }, { over: 'vsftpd', atLeast: 10 }, { over: 'bare-node' }],
  },
  {
    name: 'sessions',
    title: () => 'short sessions',
    sourceOctets: () => SMALL_FILE_OCTETS,
    plan: ({ sessions }) => ({ script: 'PTRQ', sessions, atOnce: SHORT_SESSIONS_AT_ONCE }),
    rate: '/s',
    bounds: [{ over: 'the best peer', atLeast: 2 }],
  },
];

export const comparisons: readonly Workload[] = all.map((each) => comparison(each));
