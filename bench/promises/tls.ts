/** FTP over TLS: this server beside others. */

import { usualPeers } from '../candidates/registry.ts';
import { CIPHER } from '../candidates/tls-setting.ts';
import { compete } from './comparisons/competition.ts';
import { TLS_WORKLOADS, tlsComparisons } from './comparisons/tls-comparisons.ts';
import { Curl } from './curl.ts';
import { runBench } from './report.ts';

/** ftp-srv has no TLS that works. */
const PEERS = usualPeers.filter((name) => name !== 'ftp-srv');

await runBench(
  {
    title: 'TLS',
    description: `
The built server against vsftpd, ProFTPD, Pure-FTPd and pyftpdlib, over explicit TLS (RFC 4217): TLS 1.3 with
${CIPHER.suite} and ${CIPHER.group}, and the same certificate for all (ECDSA, P-256). All on loopback with files in
memory, each with an address and a folder of its own, in turn, round after round: the figures are medians.

The clients are a program in C with OpenSSL, or curl, which takes a third more of its processor for a GiB: so the
bounds are for the former. What the clients of \`retr\` and \`stor\` do is timed from PASV to the last reply, and what curl does
from RETR or STOR on. A handshake is a full one: connect, AUTH TLS, USER, PASS, QUIT. Where clients take more than 80 % of
their processor they may be what limits.

Every transfer is compared with its source by length, those in C by checksum as well, and one of each server and workload
by SHA-256. A peer that does not start, falls silent or refuses is reported and left out:
pyftpdlib closes data connections on which a handshake comes before the command, as that of curl does. \`bare-node\` is no
server: it has the words of a login and nothing behind them, and shows what Node itself takes for the same dialogue.

Peers that are not installed can be had by: npm run bench:fetch-peers
For a first look: --mebibytes 128 --handshakes 200 --rounds 3
Needs a C compiler with the headers of OpenSSL (libssl-dev), openssl, curl, and Linux.`,
    numbers: {
      rounds: { default: 5, description: 'runs of each, after others that are not counted' },
      mebibytes: { default: 1024, description: 'file of a single client, in MiB' },
      handshakes: { default: 1_000, description: 'handshakes in each run' },
      clients: { default: 50, description: 'clients at once that make them' },
    },
    lists: {
      peers: {
        default: PEERS,
        description: 'whom to compare with; others are pyftpdlib-prefork and, for handshakes, bare-node',
      },
      workloads: { default: TLS_WORKLOADS, description: 'what to do' },
      architectures: { default: ['reactor'], description: 'of this server; bounds are for the reactor' },
    },
  },
  async function* (number, note, list) {
    const missing = await Curl.missing();
    if (missing !== undefined) throw new Error(missing);
    const clients = number('clients');
    yield* compete(
      {
        workloads: tlsComparisons(new Curl(CIPHER)),
        sizes: { mebibytes: number('mebibytes'), handshakes: number('handshakes'), clients },
        clients,
        rounds: number('rounds'),
        cipher: CIPHER,
        note,
      },
      list,
    );
  },
);
