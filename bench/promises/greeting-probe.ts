/** A client in a process of its own that connects, and tells how long it waited for the first octet. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ServerAddress } from '../client/ftp-client.ts';
import { messageOf } from '../processes/child-message.ts';
import { OwnedChild } from '../processes/owned-child.ts';

const HERE = fileURLToPath(import.meta.url);

export class GreetingProbe implements AsyncDisposable {
  readonly #child: ChildProcess = fork(HERE);
  readonly #owned = new OwnedChild(this.#child);

  /** @returns milliseconds from connect() to the first octet of the greeting. Fulfilled when the session is over. */
  async connect({ address, port }: ServerAddress): Promise<number> {
    this.#child.send({ address, port });
    return messageOf<number>(this.#child);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned[Symbol.asyncDispose]();
  }
}

/** The far side. */
async function probe({ address, port }: ServerAddress): Promise<void> {
  const start = performance.now();
  const socket = connect({ host: address, port });
  const [greeting] = (await once(socket, 'data')) as [Buffer];
  const ms = performance.now() - start;
  if (!greeting.toString('latin1').startsWith('220')) throw new Error(`expected 220, got: ${greeting}`);
  socket.end('QUIT\r\n');
  await once(socket, 'close');
  process.send!(ms);
}

if (process.argv[1] === HERE) process.on('message', (server) => void probe(server as ServerAddress));
