import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as startTls, type TLSSocket } from 'node:tls';
import { demandOneLine, extendedPassivePort, type FtpReply, ReplyReader } from './reply-reader.ts';

export type { FtpReply } from './reply-reader.ts';

export interface ServerAddress {
  readonly address: string;
  readonly port: number;
}

/** No more of a client than a benchmark needs: what it sends is what it was told to, and nothing is checked twice. */
export class FtpClient implements Disposable {
  /** Over TLS after `secure`. */
  socket: Socket;
  readonly #address: string;
  readonly #reader = new ReplyReader();
  #wake: (() => void) | undefined;
  #session: Buffer | undefined;
  /** Why there will be no more replies. */
  #failure: Error | undefined;

  private constructor(socket: Socket, address: string) {
    this.socket = socket;
    this.#address = address;
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#failure ??= new Error('the server closed the control connection');
      this.#wake?.();
    });
    this.#listen();
  }

  #listen(): void {
    this.socket.setEncoding('latin1').on('data', (text: string) => this.#take(text));
  }

  /** Connects and takes the greeting. */
  static async connect({ address, port }: ServerAddress): Promise<FtpClient> {
    const socket = connect({ host: address, port, noDelay: true });
    const client = new FtpClient(socket, address);
    await client.expect(220);
    return client;
  }

  /** Connects, takes the greeting and logs in as anonymous: after AUTH TLS, with PROT P, where it is `secure`. */
  static async login(server: ServerAddress, { secure = false } = {}): Promise<FtpClient> {
    const client = await FtpClient.connect(server);
    if (secure) await client.#secure();
    await client.command('USER anonymous', 331);
    await client.command('PASS bench@example.org', 230);
    if (secure) {
      await client.command('PBSZ 0', 200);
      await client.command('PROT P', 200);
    }
    return client;
  }

  send(line: string): void {
    demandOneLine(line);
    this.socket.write(`${line}\r\n`);
  }

  async reply(): Promise<FtpReply> {
    for (;;) {
      const reply = this.#reader.next();
      if (reply) return reply;
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** @throws Error when the next reply has another code. */
  async expect(code: number): Promise<FtpReply> {
    const reply = await this.reply();
    if (reply.code !== code) throw new Error(`expected ${code}, got: ${reply.lines.join(' / ')}`);
    return reply;
  }

  command(line: string, code: number): Promise<FtpReply> {
    this.send(line);
    return this.expect(code);
  }

  /** Asks for a passive port and connects to it. Nothing is read yet. */
  async passive(): Promise<Socket> {
    const port = extendedPassivePort(await this.command('EPSV', 229));
    const socket = connect({ host: this.#address, port });
    socket.pause();
    await once(socket, 'connect');
    return socket;
  }

  /**
   * TLS on a data connection, with the session of the control connection. Not before the command is sent: pyftpdlib closes
   * a data connection on which something comes earlier.
   */
  secureData(data: Socket): TLSSocket {
    return startTls({ socket: data, rejectUnauthorized: false, ...(this.#session && { session: this.#session }) });
  }

  async #secure(): Promise<void> {
    await this.command('AUTH TLS', 234);
    const plain = this.socket;
    plain.removeAllListeners('data');
    const secure = startTls({ socket: plain, rejectUnauthorized: false });
    secure.on('error', () => plain.destroy());
    secure.on('session', (session) => (this.#session = session));
    await once(secure, 'secureConnect');
    this.socket = secure;
    this.#listen();
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #take(text: string): void {
    if (this.#failure) return;
    try {
      this.#reader.push(text);
    } catch (error) {
      this.#failure = error as Error;
      this.socket.destroy();
    }
    this.#wake?.();
  }
}
