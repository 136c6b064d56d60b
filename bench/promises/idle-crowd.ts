/** Many clients in a process of their own that log in and then do nothing. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ServerAddress } from '../client/ftp-client.ts';
import type { OwnedChild } from '../processes/owned-child.ts';
import { readyChild } from '../processes/ready-child.ts';
import { spawnWithDescriptors } from '../processes/spawn-with-descriptors.ts';

const HERE = fileURLToPath(import.meta.url);
/** Well below the 28,000 ephemeral ports that Linux has for each pair of addresses. */
const CLIENTS_PER_ADDRESS = 4_000;
/** Connecting all of them at once would measure the queue of listen(2). */
const AT_ONCE = 100;
/** Besides those of the clients: standard streams, the event loop, modules being loaded. */
const OTHER_DESCRIPTORS = 256;

export class IdleCrowd implements AsyncDisposable {
  readonly #child: OwnedChild;

  private constructor(child: OwnedChild) {
    this.#child = child;
  }

  /** @param clients how many. Fulfilled when the last one has logged in. @throws Error when one of them cannot. */
  static async gather(server: ServerAddress, clients: number): Promise<IdleCrowd> {
    const args = [HERE, server.address, String(server.port), String(clients)];
    const child = spawnWithDescriptors(clients + OTHER_DESCRIPTORS, args, true);
    return new IdleCrowd(await readyChild(child));
  }

  /** Ends all connections. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}

/** The far side. */
async function gather(server: ServerAddress, clients: number): Promise<void> {
  let next = 0;
  const logInOneAfterTheOther = async (): Promise<void> => {
    while (next < clients) await logIn(server, localAddress(next++));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, logInOneAfterTheOther));
  process.send!('ready');
}

/** 127.0.0.2, 127.0.0.3 …: every address has ephemeral ports of its own. */
function localAddress(client: number): string {
  return `127.0.0.${2 + Math.floor(client / CLIENTS_PER_ADDRESS)}`;
}

/** Not by FtpClient: a bare socket with one listener is all that a client needs that will never say anything again. */
async function logIn({ address, port }: ServerAddress, localAddress: string): Promise<Socket> {
  const socket = connect({ host: address, port, localAddress });
  await reply(socket, '220');
  socket.write('USER anonymous\r\n');
  await reply(socket, '331');
  socket.write('PASS bench@example.org\r\n');
  await reply(socket, '230');
  return socket;
}

async function reply(socket: Socket, code: string): Promise<void> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  const text = chunk.toString('latin1');
  if (!text.startsWith(`${code} `)) throw new Error(`expected ${code}, got: ${text.trimEnd()}`);
}

if (process.argv[1] === HERE) {
  const [, , address, port, clients] = process.argv;
  await gather({ address: address!, port: Number(port) }, Number(clients));
}
