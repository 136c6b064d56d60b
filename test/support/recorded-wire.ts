import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** What TLS sends (RFC 8446 section 5.1), as far as it can be seen without the keys. */
export interface TlsRecord {
  readonly type: 'change_cipher_spec' | 'alert' | 'handshake' | 'application_data';
  /** Of what is in it, in octets. */
  readonly length: number;
}

const TYPES: ReadonlyMap<number, TlsRecord['type']> = new Map([
  [20, 'change_cipher_spec'],
  [21, 'alert'],
  [22, 'handshake'],
  [23, 'application_data'],
]);

/** Of an alert of two octets under TLS 1.3, where it looks like data: with its type, and the tag of AES-GCM. */
const DISGUISED_ALERT_OCTETS = 2 + 1 + 16;

/** How the server has ended a connection. */
export type WireEnd = 'close_notify, end' | 'end' | 'reset';

/** A client's connection, put between TCP and TLS, that keeps everything that crosses it. */
export class RecordedWire extends Duplex {
  readonly socket: Socket;
  /** Fulfilled when the server has ended it, and everything before that has been read. */
  readonly ended: Promise<WireEnd>;
  readonly #received: Buffer[] = [];

  /** @param socket connected, or about to be. */
  constructor(socket: Socket) {
    super({ allowHalfOpen: true });
    this.socket = socket;
    socket.on('data', (chunk: Buffer | string) => {
      // Who has read it in the clear, may have read text.
      const octets = Buffer.from(chunk as string, 'latin1');
      this.#received.push(octets);
      if (!this.push(octets)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
    this.ended = new Promise((resolve) => {
      socket.once('end', () => resolve(this.#announced ? 'close_notify, end' : 'end'));
      socket.once('close', () => resolve('reset'));
    });
    // TLS reports it; and there may be none any more.
    this.on('error', () => {});
  }

  /** What the server has sent, up to now. @throws when an octet of it is no TLS. */
  get records(): TlsRecord[] {
    const octets = Buffer.concat(this.#received);
    const records: TlsRecord[] = [];
    for (let at = 0; at < octets.length; ) {
      const type = TYPES.get(octets[at]!);
      if (!type || octets[at + 1] !== 3) throw new Error(`no TLS: ${octets.subarray(at, at + 200).toString('latin1')}`);
      const length = octets.readUInt16BE(at + 3);
      records.push({ type, length });
      at += 5 + length;
    }
    return records;
  }

  get #announced(): boolean {
    const last = this.records.at(-1);
    return last?.type === 'alert' || (last?.type === 'application_data' && last.length === DISGUISED_ALERT_OCTETS);
  }

  /** Ends the connection under TLS, as anybody on the way can. */
  cut(how: 'end' | 'reset'): void {
    if (how === 'end') this.socket.end();
    else this.socket.resetAndDestroy();
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // Behind a cut, nothing is said any more.
    if (this.socket.writableEnded) done();
    else this.socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    if (this.socket.writableEnded) done();
    else this.socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // TLS has had its end then, and what is still to come is that of TCP.
    if (!error && this.socket.writableEnded) this.socket.resume();
    else this.socket.destroy();
    done(error);
  }
}
