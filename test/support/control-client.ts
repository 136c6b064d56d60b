import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../../src/index.ts';

export interface ReceivedReply {
  readonly code: number;
  /** Every line as it came, without CRLF. */
  readonly lines: readonly string[];
}

/**
 * A client that does nothing on its own: sends what it is told, octet by octet if need be, and takes replies apart as
 * RFC 959 section 4.2 has it. Everything that a standard client would hide can be seen.
 */
export class ControlClient {
  readonly socket: Socket;
  #buffered = '';
  #ended = false;
  /** The server says nothing any more. Its side may be closed while this one is not. */
  #silent = false;
  readonly #received: ReceivedReply[] = [];
  #wake: (() => void) | undefined;
  #lines: string[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
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

  /** Sends a line (UTF-8) with its CRLF. */
  send(line: string): void {
    this.socket.write(`${line}\r\n`);
  }

  /** Sends octets as they are. */
  write(octets: Uint8Array | string): void {
    this.socket.write(octets);
  }

  /** The next reply, in the order in which they come. Fails when the server closes instead. */
  async reply(): Promise<ReceivedReply> {
    for (;;) {
      const received = this.#received.shift();
      if (received) return received;
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

  /** Fulfilled when the server has closed; everything that came before can still be taken with reply(). */
  async closed(): Promise<void> {
    while (!this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** EPSV, and a data connection made to the port that it answers. */
  async passive(): Promise<DataClient> {
    const { lines } = await this.command('EPSV');
    const port = Number(/\|\|\|(\d+)\|/.exec(lines[0]!)?.[1]);
    const socket = connect({ host: this.socket.remoteAddress!, port, allowHalfOpen: true });
    const data = new DataClient(socket);
    await once(socket, 'connect');
    return data;
  }

  /** A listening socket that EPRT has announced. Whoever asked for it closes it. */
  async active(): Promise<{ server: Server; data: Promise<DataClient> }> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, this.socket.localAddress);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const data = once(server, 'connection').then(([socket]) => new DataClient(socket as Socket));
    const family = this.socket.localFamily === 'IPv6' ? 2 : 1;
    const { code } = await this.command(`EPRT |${family}|${this.socket.localAddress}|${port}|`);
    if (code !== 200) throw new Error(`EPRT answered ${code}`);
    return { server, data };
  }

  /** A whole transfer to the client: the octets, and the final reply. */
  async download(line: string): Promise<{ octets: Buffer; first: ReceivedReply; last: ReceivedReply }> {
    const data = await this.passive();
    const first = await this.command(line);
    if (first.code >= 200) {
      data.socket.destroy();
      return { octets: Buffer.alloc(0), first, last: first };
    }
    const octets = await data.everything();
    return { octets, first, last: await this.reply() };
  }

  /** A whole transfer to the server: the final reply. */
  async upload(line: string, content: Uint8Array | string): Promise<{ first: ReceivedReply; last: ReceivedReply }> {
    const data = await this.passive();
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

  #take(text: string): void {
    this.#buffered += text;
    for (let end = this.#buffered.indexOf('\r\n'); end >= 0; end = this.#buffered.indexOf('\r\n')) {
      this.#line(Buffer.from(this.#buffered.slice(0, end), 'latin1').toString('utf8'));
      this.#buffered = this.#buffered.slice(end + 2);
    }
  }

  #line(line: string): void {
    this.#lines.push(line);
    const code = this.#lines[0]!.slice(0, 3);
    const last = this.#lines.length === 1 ? line[3] !== '-' : line.startsWith(`${code} `);
    if (!last) return;
    this.#received.push({ code: Number(code), lines: this.#lines });
    this.#lines = [];
    this.#wake?.();
  }
}

/** The client's end of a data connection. */
export class DataClient {
  readonly socket: Socket;
  /** Fulfilled when the connection is gone: how it ended. */
  readonly outcome: Promise<'end' | 'reset'>;
  readonly #chunks: Buffer[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    this.outcome = new Promise((resolve) => {
      socket.once('end', () => {
        if (socket.writableEnded) return resolve('end');
        // libuv reports a reset right behind the last octets as an end. Only an attempt to write tells the two apart.
        socket.write('?', (error) => resolve(error ? 'reset' : 'end'));
        socket.end();
      });
      socket.on('error', () => resolve('reset'));
    });
    socket.pause();
  }

  /** Reads to the end. @throws when the server resets the connection. */
  async everything(): Promise<Buffer> {
    this.socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    this.socket.resume();
    if ((await this.outcome) === 'reset') throw new Error('the data connection was reset');
    return Buffer.concat(this.#chunks);
  }
}
