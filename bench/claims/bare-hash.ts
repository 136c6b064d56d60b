/** Hashes zeros, as often as it is told to: a thread that the machine gives what it has, with nothing of a server in it. */
import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

const ZEROS = Buffer.alloc(2 ** 20);

parentPort!.on('message', (mib: number) => {
  const hash = createHash('sha256');
  for (let i = 0; i < mib; i++) hash.update(ZEROS);
  parentPort!.postMessage(hash.digest('hex'));
});
