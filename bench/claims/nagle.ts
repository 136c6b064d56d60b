/**
 * What Nagle's algorithm (RFC 896) does to requests and replies: who has sent something that is not acknowledged keeps a small
 * piece back, and who receives may wait with the acknowledgement for some 40 ms, in the hope of a reply to send it with
 * (RFC 1122 section 4.2.3.2). So a message in two pieces waits, and one in one piece never does.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { closeDescriptor } from '../../src/posix/descriptor.ts';
import { descriptorOf } from '../../src/posix/descriptor-of.ts';
import { acceptConnection, openListeningSocket } from '../../src/posix/listening-socket.ts';
import { localAddress } from '../../src/posix/socket.ts';
import { getSocketOption } from '../../src/posix/socket-options.ts';
import { FtpClient, type ServerAddress } from '../client/ftp-client.ts';
import { distribution } from '../measure/percentiles.ts';
import { messageOf } from '../processes/child-message.ts';
import { OwnedChild } from '../processes/owned-child.ts';
import type { Measurement } from '../promises/report.ts';
import type { Experiment } from './experiment.ts';
import { ServedFolder } from './served-folder.ts';
import { Servers } from './servers.ts';

const HERE = fileURLToPath(import.meta.url);
const ADDRESS = '127.0.0.1';
const ROUNDS = 2;
/** Without a pause in between: after one, a receiver acknowledges at once for a while, as on a fresh connection (TCP_QUICKACK). */
const IN_A_ROW = { most: 500, limitMs: 2_000 };
/** Of those in a row, the first, for that reason: Linux acknowledges up to 16 at once. */
const NOT_COUNTED = 20;

const PIECES = { whole: ['NOOP\r\n'], split: ['NOOP', '\r\n'] } as const;
type Pieces = keyof typeof PIECES;

/** Both ends of a conversation: how they write, and whether their sockets have TCP_NODELAY. */
interface Case {
  readonly request: Pieces;
  readonly clientNoDelay: boolean;
  readonly reply: Pieces;
  readonly serverNoDelay: boolean;
}

const CASES: readonly Case[] = [
  { request: 'whole', clientNoDelay: false, reply: 'whole', serverNoDelay: false },
  { request: 'whole', clientNoDelay: true, reply: 'whole', serverNoDelay: true },
  { request: 'split', clientNoDelay: false, reply: 'whole', serverNoDelay: false },
  { request: 'split', clientNoDelay: true, reply: 'whole', serverNoDelay: false },
  { request: 'whole', clientNoDelay: false, reply: 'split', serverNoDelay: false },
  { request: 'whole', clientNoDelay: false, reply: 'split', serverNoDelay: true },
];

export const nagle: Experiment = {
  title: 'B21: what a request and its reply take with and without TCP_NODELAY',
  async *run(scale) {
    yield* defaults();
    await using child = new OwnedChild(fork(HERE));
    await using folder = await ServedFolder.make();
    await using servers = new Servers();
    const ftp = await servers.start({ root: folder.path });
    const conversations: [string, Conversation][] = [];
    try {
      for (const each of CASES) {
        child.process.send({ pieces: PIECES[each.reply], noDelay: each.serverNoDelay });
        const server = { address: ADDRESS, port: await messageOf<number>(child.process) };
        conversations.push([nameOf(each), await Conversation.begin(server, each.clientNoDelay, each.request)]);
      }
      for (const request of Object.keys(PIECES) as Pieces[]) {
        for (const noDelay of [false, true]) {
          const name = `NOOP at the reactor, ${request} (${onOff(noDelay)})`;
          conversations.push([name, await Conversation.begin(ftp, noDelay, request)]);
        }
      }
      const waits = conversations.map(() => [] as number[]);
      for (let i = 0; i < ROUNDS * scale; i++) {
        for (const [index, [, each]] of conversations.entries()) waits[index]!.push(...(await askInARow(each)));
      }
      for (const [index, [name]] of conversations.entries()) yield* rows(name, waits[index]!);
    } finally {
      for (const [, each] of conversations) each[Symbol.dispose]();
    }
  },
};

function onOff(on: boolean): string {
  return on ? 'no delay' : 'Nagle';
}

function nameOf({ request, clientNoDelay, reply, serverNoDelay }: Case): string {
  return `request ${request} (${onOff(clientNoDelay)}), reply ${reply} (${onOff(serverNoDelay)})`;
}

function* rows(name: string, waits: readonly number[]): Generator<Measurement> {
  const { p50, p99 } = distribution(waits);
  yield { name: `${name}: p50`, value: p50, unit: 'ms' };
  yield { name: `${name}: p99`, value: p99, unit: 'ms' };
}

async function askInARow(conversation: Conversation): Promise<number[]> {
  const waits: number[] = [];
  const until = performance.now() + IN_A_ROW.limitMs;
  while (waits.length < IN_A_ROW.most && performance.now() < until) waits.push(await conversation.ask());
  return waits.slice(NOT_COUNTED);
}

class Conversation implements Disposable {
  readonly #client: FtpClient;
  readonly #pieces: readonly string[];

  private constructor(client: FtpClient, pieces: readonly string[]) {
    this.#client = client;
    this.#pieces = pieces;
  }

  static async begin(server: ServerAddress, noDelay: boolean, request: Pieces): Promise<Conversation> {
    const client = await FtpClient.connect(server);
    client.socket.setNoDelay(noDelay);
    return new Conversation(client, PIECES[request]);
  }

  /** @returns milliseconds from the first piece of a request to its reply. */
  async ask(): Promise<number> {
    const start = performance.now();
    // Each is a write(2) of its own, as Node does not gather them.
    for (const piece of this.#pieces) this.#client.socket.write(piece);
    await this.#client.reply();
    return performance.now() - start;
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]();
  }
}

/** What connections have when nobody says anything. */
async function* defaults(): AsyncGenerator<Measurement> {
  const server = createServer().listen(0, ADDRESS);
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, ADDRESS);
  const [accepted] = await once(server, 'connection');
  yield { name: 'TCP_NODELAY of connections that Node makes', value: optionOf(descriptorOf(client)) };
  yield { name: 'TCP_NODELAY of connections that a server of Node accepts', value: optionOf(descriptorOf(accepted)) };
  client.destroy();
  accepted.destroy();
  server.close();

  const listening = openListeningSocket({ host: ADDRESS, port: 0 });
  const second = connect(localAddress(listening).port, ADDRESS);
  await once(second, 'connect');
  const { fd } = acceptConnection(listening)!;
  yield { name: 'TCP_NODELAY of connections that ohai-ftpd accepts', value: optionOf(fd) };
  for (const each of [fd, listening]) closeDescriptor(each);
  second.destroy();
}

function optionOf(fd: number): string {
  return getSocketOption(fd, 'TCP_NODELAY') === 0 ? 'off' : 'on';
}

/** The far side: for each message a server that replies to every line, in these pieces. */
function serveLines({ pieces, noDelay }: { pieces: readonly string[]; noDelay: boolean }): void {
  const server = createServer({ noDelay }, (socket) => {
    socket.on('error', () => {});
    socket.write('220 hello\r\n');
    socket.setEncoding('latin1').on('data', (text: string) => {
      // A request ends with LF; its first piece alone is none.
      if (text.endsWith('\n')) for (const piece of pieces) socket.write(piece.replace('NOOP', '200 OK'));
    });
  });
  server.listen(0, ADDRESS, () => process.send!((server.address() as AddressInfo).port));
}

if (process.argv[1] === HERE) process.on('message', (message) => serveLines(message as never));
