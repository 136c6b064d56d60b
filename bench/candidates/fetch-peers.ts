/** Gets the servers that the benchmark of transfers compares with, for the user who runs it; nothing is installed. */
import { parseArgs } from 'node:util';
import { peers, usualPeers } from './registry.ts';
import { peersFolder } from './unpack.ts';

const { values } = parseArgs({ options: { peers: { type: 'string' }, help: { type: 'boolean', default: false } } });

if (values.help) {
  process.stdout.write(`Usage: npm run bench:fetch-peers -- [--peers ${usualPeers.join(',')}]

Downloads them with apt-get and npm, and unpacks them below ${peersFolder()}.
`);
} else {
  const asked = values.peers?.split(',') ?? usualPeers;
  for (const name of asked) {
    const peer = peers[name];
    if (!peer) throw new TypeError(`no peer is called ${name}: there are ${Object.keys(peers).join(', ')}`);
    try {
      await peer.fetch();
      process.stdout.write(`${name}: ${(await peer.missing()) ?? 'is there'}\n`);
    } catch (error) {
      process.stdout.write(`${name}: ${(error as Error).message.trim()}\n`);
      process.exitCode = 1;
    }
  }
}
