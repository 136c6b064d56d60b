/** Transfers, logins and short sessions: this server beside others, and beside itself. */
import { usualPeers } from '../candidates/registry.ts';
import { comparisons } from './comparisons/comparisons.ts';
import { compete } from './comparisons/competition.ts';
import { idleMemory } from './comparisons/idle-memory.ts';
import { retrBesideIdle } from './comparisons/retr-beside-idle.ts';
import { smallDownload } from './comparisons/small-download.ts';
import type { Workload } from './comparisons/workload.ts';
import { runBench } from './report.ts';

const workloads: readonly Workload[] = [...comparisons, idleMemory, retrBesideIdle, smallDownload];

await runBench(
  {
    title: 'Transfers',
    description: `
The built server against vsftpd, ProFTPD, Pure-FTPd, pyftpdlib and ftp-srv, all on loopback with files in memory, each
with an address and a folder of its own, in turn, round after round: the figures are medians. The clients are a program
in C.

Every transfer is compared with its source by length and checksum, and one of each server and workload by SHA-256. Wrong
octets fail the run, whose ever they are. A peer that does not start, falls silent or refuses is reported and left out.
Where clients take more than 80 % of their processor they may be what limits.

Peers that are not installed can be had by: npm run bench:fetch-peers
For a first look: --mebibytes 128 --megabytes 1 --sessions 500 --idle 1000 --rounds 3
Needs a C compiler, and Linux.`,
    numbers: {
      rounds: { default: 5, description: 'runs of each, after others that are not counted' },
      mebibytes: { default: 1024, description: 'file of a single client, in MiB' },
      clients: { default: 300, description: 'clients at once' },
      megabytes: { default: 10, description: 'file of each of them, in millions of octets' },
      sessions: { default: 2_000, description: 'short sessions in each run' },
      idle: { default: 10_000, description: 'clients that idle beside a download' },
    },
    lists: {
      peers: {
        default: usualPeers,
        description: 'whom to compare with; others are vsftpd-isolated, pyftpdlib-prefork and, for logins, bare-node',
      },
      workloads: { default: workloads.map(({ name }) => name), description: 'what to do' },
      architectures: { default: ['reactor'], description: 'of this server; bounds are for the reactor' },
    },
  },
  (number, note, list) => {
    const clients = number('clients');
    const sizes = {
      mebibytes: number('mebibytes'),
      clients,
      megabytes: number('megabytes'),
      sessions: number('sessions'),
      idle: number('idle'),
    };
    return compete({ workloads, sizes, clients, rounds: number('rounds'), note }, list);
  },
);
