/**
 * A server that does as little as one can, in a process of its own: it says what it always says. What clients take of the
 * processor against it, they take against any server.
 *
 * node responder.js
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ServerAddress } from '../client/ftp-client.ts';
import { messageOf } from '../processes/child-message.ts';
import { OwnedChild } from '../processes/owned-child.ts';
import { spawnWithDescriptors } from '../processes/spawn-with-descriptors.ts';

const HERE = fileURLToPath(import.meta.url);
const HOST = '127.0.0.1';
const DESCRIPTORS = 1024;
/** Of each file that is retrieved. */
export const RESPONDER_OCTETS = 256 << 20;
/** Of each body over HTTP. */
export const RESPONDER_BODY_OCTETS = 1024;

export interface Responder extends AsyncDisposable {
  readonly ftp: ServerAddress;
  readonly http: ServerAddress;
  readonly cloudHash: ServerAddress;
}

type Ports = { readonly [Name in keyof Omit<Responder, keyof AsyncDisposable>]: number };

export async function startResponder(): Promise<Responder> {
  const child = new OwnedChild(spawnWithDescriptors(DESCRIPTORS, [HERE], true));
  try {
    const ports = await messageOf<Ports>(child.process);
    const at = (port: number): ServerAddress => ({ address: HOST, port });
    return {
      ftp: at(ports.ftp),
      http: at(ports.http),
      cloudHash: at(ports.cloudHash),
      [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
    };
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  }
}

/** The far side. */
async function respond(): Promise<void> {
  const transfers = new Transfers();
  const data = await listen((socket) => transfers.connected(socket));
  const ftp = await listen((control) => {
    control.write('220 \r\n');
    control.on('data', (chunk) => answer(chunk.toString('latin1'), control, portOf(data), transfers));
  });
  const body = 'x'.repeat(RESPONDER_BODY_OCTETS);
  const http = await listen((socket) => {
    socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
  });
  const cloudHash = await listen((socket) => {
    socket.on('data', (chunk) => socket.write(chunk[0] === 'S'.charCodeAt(0) ? 'STORED\n' : 'VALUE value-0\n'));
  });
  const ports: Ports = { ftp: portOf(ftp), http: portOf(http), cloudHash: portOf(cloudHash) };
  process.send!(ports);
  process.on('disconnect', () => process.exit());
}

async function listen(take: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    take(socket);
  }).listen(0, HOST);
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** By the first four letters. Others are answered by 200. */
const REPLIES: Readonly<Record<string, string>> = {
  USER: '331 \r\n',
  PASS: '230 \r\n',
  FEAT: '502 \r\n',
};

function answer(command: string, control: Socket, dataPort: number, transfers: Transfers): void {
  const verb = command.slice(0, 4);
  if (verb === 'EPSV') control.write(`229 (|||${dataPort}|)\r\n`);
  else if (verb === 'RETR' || verb === 'STOR') transfers.begin(verb, control);
  else if (verb === 'QUIT') control.end('221 \r\n');
  else control.write(REPLIES[verb] ?? '200 \r\n');
}

type Verb = 'RETR' | 'STOR';

/** One transfer at a time: a connection and a command, whichever comes first. */
class Transfers {
  readonly #zeros = Buffer.alloc(1 << 20);
  #socket: Socket | undefined;
  #command: { readonly verb: Verb; readonly control: Socket } | undefined;

  connected(socket: Socket): void {
    this.#socket = socket;
    this.#transfer();
  }

  begin(verb: Verb, control: Socket): void {
    this.#command = { verb, control };
    this.#transfer();
  }

  #transfer(): void {
    const [socket, command] = [this.#socket, this.#command];
    if (!socket || !command) return;
    this.#socket = this.#command = undefined;
    const { verb, control } = command;
    control.write('150 \r\n');
    socket.once('close', () => control.write('226 \r\n'));
    if (verb === 'STOR') socket.resume();
    else this.#send(socket, RESPONDER_OCTETS);
  }

  #send(socket: Socket, left: number): void {
    if (left === 0) return void socket.end().resume();
    const chunk = this.#zeros.subarray(0, Math.min(left, this.#zeros.length));
    socket.write(chunk, () => this.#send(socket, left - chunk.length));
  }
}

if (process.argv[1] === HERE) await respond();
