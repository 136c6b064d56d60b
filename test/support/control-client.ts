import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { demandOneLine, extendedPassivePort, type FtpReply, ReplyReader } from '../../bench/client/reply-reader.ts';
import type { Endpoint } from '../../src/index.ts';
import { type Protection, protect } from './tls-client.ts';

export type ReceivedReply = FtpReply;

/** More than any test moves. A server that never ends must not fill the memory (security rule S23). */
const MOST_OCTETS = 256 * 1024 * 1024;

/**
 * A client that does nothing on its own: sends what it is told, octet by octet if need be, and takes replies apart as
 * RFC 959 section 4.2 has it. Everything that a standard client would hide can be seen.
 */
export class ControlClient {
  #socket: Socket;
  #protection: Protection | undefined;
  readonly #reader = new ReplyReader();
  /** Once replies are not expected any more: what the server sends. */
  #octets: Buffer[] | undefined;
  /** What the server sent that is no reply. */
  #failure: Error | undefined;
  #ended = false;
  /** The server says nothing any more. Its side may be closed while this one is not. */
  #silent = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen();
  }

  /** The TCP connection, and behind a handshake what protects it. */
  get socket(): Socket {
    return this.#socket;
  }

  /** @throws before handshake(). */
  get protection(): Protection {
    if (!this.#protection) throw new Error('not protected');
    return this.#protection;
  }

  /** Connects and takes the greeting. */
  static async connect(to: Endpoint, options: { readonly localAddress?: string } = {}): Promise<ControlClient> {
    const client = await ControlClient.connectRaw(to, options);
    const greeting = await client.reply();
    if (greeting.code !== 220) throw new Error(`greeted with ${greeting.lines.join(' / ')}`);
    return client;
  }

  /** Connects without waiting for a greeting. */
  static async connectRaw(
    { address, port }: Endpoint,
    options: { readonly localAddress?: string } = {},
  ): Promise<ControlClient> {
    const socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true, ...options });
    const client = new ControlClient(socket);
    await once(socket, 'connect');
    return client;
  }

  /** Connects and logs in. */
  static async login(to: Endpoint, user = 'tester', password = 'secret'): Promise<ControlClient> {
    const client = await ControlClient.connect(to);
    await client.command(`USER ${user}`);
    const answer = await client.command(`PASS ${password}`);
    if (answer.code !== 230) throw new Error(`not logged in: ${answer.lines.join(' / ')}`);
    return client;
  }

  /** Goes over to TLS (RFC 4217), logs in, and asks for protected data connections. */
  static async loginProtected(
    to: Endpoint,
    options: ConnectionOptions = {},
    [user, password]: readonly [string, string] = ['tester', 'secret'],
  ): Promise<ControlClient> {
    const client = await ControlClient.connect(to);
    await client.secure(options);
    for (const line of [`USER ${user}`, `PASS ${password}`, 'PBSZ 0', 'PROT P', 'TYPE I']) {
      const { code, lines } = await client.command(line);
      if (code >= 400) throw new Error(`${line} is answered ${lines.join(' / ')}`);
    }
    return client;
  }

  /** AUTH TLS, and the handshake. @throws the error of TLS. */
  async secure(options: ConnectionOptions = {}): Promise<Protection> {
    const { code, lines } = await this.command('AUTH TLS');
    if (code !== 234) throw new Error(`AUTH TLS is answered ${lines.join(' / ')}`);
    return this.handshake(options);
  }

  /** The handshake, whatever the server has said. @throws the error of TLS. */
  async handshake(options: ConnectionOptions = {}): Promise<Protection> {
    for (const event of ['data', 'end', 'close']) this.#socket.removeAllListeners(event);
    this.#protection = protect(this.#socket, options);
    this.#socket = this.#protection.socket;
    this.#listen();
    await this.#protection.handshake;
    return this.#protection;
  }

  /** Sends a line (UTF-8) with its CRLF. For what is not one line there is write(). */
  send(line: string): void {
    demandOneLine(line);
    this.socket.write(`${line}\r\n`);
  }

  /** Sends octets as they are. */
  write(octets: Uint8Array | string): void {
    this.socket.write(octets);
  }

  /** The next reply, in the order in which they come. Fails when the server closes instead. */
  async reply(): Promise<ReceivedReply> {
    for (;;) {
      const received = this.#reader.next();
      if (received) return received;
      if (this.#failure) throw this.#failure;
      if (this.#silent) throw new Error('the server closed the control connection');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Sends a line and takes one reply. */
  async command(line: string): Promise<ReceivedReply> {
    this.send(line);
    return this.reply();
  }

  /** Sends a line and takes the code of one reply. */
  async code(line: string): Promise<number> {
    return (await this.command(line)).code;
  }

  /** From here on the server is expected to send octets, such as those of a handshake, and not lines. */
  takeOctets(): void {
    this.#octets = [];
  }

  /** Everything that the server has sent since takeOctets(), up to its end. */
  async octets(): Promise<Buffer> {
    if (!this.#octets) throw new Error('takes replies, not octets');
    while (!this.#silent) await new Promise<void>((resolve) => (this.#wake = resolve));
    return Buffer.concat(this.#octets);
  }

  /** Fulfilled when the server has closed; everything that came before can still be taken with reply(). */
  async closed(): Promise<void> {
    while (!this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /**
   * EPSV, and a data connection made to the port that it answers.
   * @param options to begin a handshake with; absent: it is in the clear.
   */
  async passive(options?: ConnectionOptions): Promise<DataClient> {
    const port = extendedPassivePort(await this.command('EPSV'));
    const socket = connect({ host: this.#tcp.remoteAddress!, port, allowHalfOpen: true });
    const data = DataClient.on(socket, options);
    await once(socket, 'connect');
    return data;
  }

  /** A data connection that resumes the session of this control connection. */
  async passiveResumed(options: ConnectionOptions = {}): Promise<DataClient> {
    return this.passive({ ...options, session: await this.protection.session });
  }

  /** A listening socket that EPRT has announced. Whoever asked for it closes it. */
  async active(options?: ConnectionOptions): Promise<{ server: Server; data: Promise<DataClient> }> {
    const { localAddress, localFamily } = this.#tcp;
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, localAddress);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const data = once(server, 'connection').then(([socket]) => DataClient.on(socket as Socket, options));
    const family = localFamily === 'IPv6' ? 2 : 1;
    const { code } = await this.command(`EPRT |${family}|${localAddress}|${port}|`);
    if (code !== 200) throw new Error(`EPRT answered ${code}`);
    return { server, data };
  }

  /** A whole transfer to the client: the octets, and the final reply. */
  async download(
    line: string,
    options?: ConnectionOptions,
  ): Promise<{ octets: Buffer; first: ReceivedReply; last: ReceivedReply }> {
    const data = await this.passive(options);
    const first = await this.command(line);
    if (first.code >= 200) {
      data.socket.destroy();
      return { octets: Buffer.alloc(0), first, last: first };
    }
    const octets = await data.everything();
    return { octets, first, last: await this.reply() };
  }

  /** A whole transfer to the server: the final reply. */
  async upload(
    line: string,
    content: Uint8Array | string,
    options?: ConnectionOptions,
  ): Promise<{ first: ReceivedReply; last: ReceivedReply }> {
    const data = await this.passive(options);
    const first = await this.command(line);
    if (first.code >= 200) {
      data.socket.destroy();
      return { first, last: first };
    }
    data.socket.end(content);
    const last = await this.reply();
    data.socket.destroy();
    return { first, last };
  }

  close(): void {
    this.socket.destroy();
  }

  get #tcp(): Socket {
    return this.#protection?.wire.socket ?? this.#socket;
  }

  #listen(): void {
    const socket = this.#socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', () => {});
    socket.on('end', () => {
      this.#silent = true;
      this.#wake?.();
    });
    socket.on('close', () => {
      this.#silent = true;
      this.#ended = true;
      this.#wake?.();
    });
  }

  #take(text: string): void {
    if (this.#failure) return;
    if (this.#octets) {
      this.#octets.push(Buffer.from(text, 'latin1'));
      return;
    }
    try {
      this.#reader.push(text);
    } catch (error) {
      this.#failure = error as Error;
      this.socket.destroy();
    }
    this.#wake?.();
  }
}

/** The client's end of a data connection. */
export class DataClient {
  readonly socket: Socket;
  readonly #protection: Protection | undefined;
  /** Fulfilled when the connection is gone: how it ended. Under TLS an end without a close_notify is as bad as a reset. */
  readonly outcome: Promise<'end' | 'reset'>;
  readonly #chunks: Buffer[] = [];

  constructor(socket: Socket, protection?: Protection) {
    this.socket = socket;
    this.#protection = protection;
    this.outcome = protection ? outcomeOfProtected(protection) : outcomeOf(socket);
    socket.pause();
  }

  /** @param options to begin a handshake with, as soon as `socket` is connected; absent: it stays in the clear. */
  static on(socket: Socket, options?: ConnectionOptions): DataClient {
    if (!options) return new DataClient(socket);
    const protection = protect(socket, options);
    return new DataClient(protection.socket, protection);
  }

  /** @throws when it is in the clear. */
  get protection(): Protection {
    if (!this.#protection) throw new Error('not protected');
    return this.#protection;
  }

  /**
   * Reads to the end.
   * @param most octets that are taken. @throws Error when there are more, and when the server resets the connection.
   */
  async everything(most = MOST_OCTETS): Promise<Buffer> {
    let taken = 0;
    this.socket.on('data', (chunk: Buffer) => {
      taken += chunk.length;
      if (taken <= most) this.#chunks.push(chunk);
      else this.socket.destroy(new Error('more than was asked for'));
    });
    this.socket.resume();
    const outcome = await this.outcome;
    if (taken > most) throw new Error(`the server sent more than ${most} octets`);
    if (outcome === 'reset') throw new Error('the data connection was reset');
    if (this.#protection) this.socket.end();
    return Buffer.concat(this.#chunks);
  }
}

function outcomeOf(socket: Socket): Promise<'end' | 'reset'> {
  return new Promise((resolve) => {
    socket.once('end', () => {
      if (socket.writableEnded) return resolve('end');
      // libuv reports a reset right behind the last octets as an end. Only an attempt to write tells the two apart.
      socket.write('?', (error) => resolve(error ? 'reset' : 'end'));
      socket.end();
    });
    socket.on('error', () => resolve('reset'));
  });
}

async function outcomeOfProtected({ socket, wire }: Protection): Promise<'end' | 'reset'> {
  const read = new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
  const ended = await wire.ended;
  await read;
  return ended === 'close_notify, end' ? 'end' : 'reset';
}
