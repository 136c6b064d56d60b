import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { buffers, type LentBuffer } from '../transfer/buffer-pool.ts';
import { DataConnectionError } from '../transfer/data-connection-error.ts';
import { canTakeIn, Intake } from '../transfer/intake.ts';
import { receive } from '../transfer/receive.ts';
import { RecordBoundaries } from './record-boundaries.ts';

/** Of a lent buffer, what is read at once: who gathers what comes of it has four times the room. */
const PART_OF_BUFFER = 4;

/** The longest plaintext of a record (RFC 8446 section 5.1). */
const RECORD_BYTES = 16 * 1024;

/** What Node reads from a socket at once. */
const SOCKET_CHUNK_BYTES = 64 * 1024;

/**
 * What an end of the connection means that nobody has announced by a close_notify. In the middle of a record it is a cut in
 * any case.
 */
export type UnannouncedEnd = 'cut' | 'whole';

/**
 * The connection of an upload, between TCP and TLS, for what Node's TLS does not tell: whether the client has said that this
 * is the end (close_notify, RFC 8446 section 6.1), or the connection has just ended, as anybody on the way can make it.
 *
 * The end of TCP is not passed on to TLS before it is known what it means. A TLS that ends without it has got a close_notify.
 */
export class UploadCarrier extends Duplex {
  readonly #socket: Socket;
  readonly #unannounced: UnannouncedEnd;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #intake: Intake | undefined;
  readonly #buffer: LentBuffer | undefined;
  readonly #records = new RecordBoundaries();
  #tls: TLSSocket | undefined;
  /** What the client is not to find before its end; undefined where there is nothing of the kind. */
  #withheld: Uint8Array[] | undefined;
  #octets = 0;
  #letGo = false;
  #onUnspoken: () => void = ignore;

  /** @param socket paused, with nothing read from it. */
  constructor(socket: Socket, unannounced: UnannouncedEnd) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.#unannounced = unannounced;
    if (canTakeIn(socket)) {
      const buffer = buffers.lend();
      const part = buffer.octets.subarray(0, buffer.octets.length / PART_OF_BUFFER);
      this.#intake = new Intake(socket, part);
      this.#buffer = buffer;
    }
    this.#chunks = this.#intake ? chunksOf(this.#intake) : receive(socket);
    socket.once('close', () => this.destroy());
    // Whoever waits for the handshake, or for octets, hears of it there.
    this.on('error', ignore);
  }

  /** As many octets as can be decrypted at once: what is read, and the record that was not whole before. */
  get burstBytes(): number {
    const read = this.#buffer ? this.#buffer.octets.length / PART_OF_BUFFER : SOCKET_CHUNK_BYTES;
    return read + RECORD_BYTES;
  }

  /** Fulfilled when the client ends without a word, as some do that have nothing to upload. */
  get unspoken(): Promise<void> {
    return new Promise((resolve) => {
      this.#onUnspoken = resolve;
    });
  }

  /**
   * To be called when the handshake is done, before TLS says anything more. With TLS 1.3, it then sends session tickets. Who
   * uploads need not read: octets that lie unread at a client when it closes make the kernel send a reset in place of what
   * has not been sent yet, and the upload is broken. So they stay here until the client has ended.
   * @param tls what is made of the octets.
   */
  carries(tls: TLSSocket): void {
    this.#tls = tls;
    if (tls.getProtocol() === 'TLSv1.3') this.#withheld = [];
  }

  /** Leaves the connection to whoever has it. */
  letGo(): void {
    this.#letGo = true;
    this.destroy();
  }

  override _read(): void {
    void this.#readOn();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (!this.#withheld) {
      this.#socket.write(chunk, done);
      return;
    }
    this.#withheld.push(chunk);
    done();
  }

  override _final(done: () => void): void {
    this.#socket.end(Buffer.concat(this.#withheld ?? []), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#intake?.[Symbol.dispose]();
    this.#buffer?.[Symbol.dispose]();
    if (!this.#letGo) this.#socket.destroy();
    done(error);
  }

  async #readOn(): Promise<void> {
    try {
      const { value, done } = await this.#chunks.next();
      if (this.destroyed) return;
      if (!done) this.#pass(value);
      else if (this.readableLength === 0) this.#ended();
      // What TLS has not taken yet, for somebody who reads slowly, may be the close_notify.
      else this.on('data', () => this.readableLength === 0 && this.#ended());
    } catch (error) {
      this.#breakOff(error as Error);
    }
  }

  #pass(octets: Uint8Array): void {
    this.#octets += octets.length;
    if (this.#unannounced === 'whole') this.#records.pass(octets);
    // TLS takes them in the call of push(), as long as it wants any; the memory is for the next ones then.
    if (this.readableFlowing === true) this.push(octets);
    else this.once('resume', () => this.push(octets));
  }

  #ended(): void {
    if (this.#octets === 0) this.#onUnspoken();
    else if (this.#announced || (this.#unannounced === 'whole' && this.#records.reached)) this.push(null);
    else this.#breakOff(new DataConnectionError('broken'));
  }

  /** TLS takes what it gets at once; so it has ended already, if it has been told to. */
  get #announced(): boolean {
    const tls = this.#tls as { _readableState?: { readonly ended: boolean } } | undefined;
    return tls?._readableState?.ended === true;
  }

  #breakOff(error: Error): void {
    this.#tls?.destroy(error);
    this.destroy(error);
  }
}

async function* chunksOf(intake: Intake): AsyncGenerator<Uint8Array> {
  for (let chunk = await intake.next(); chunk; chunk = await intake.next()) yield chunk;
}

function ignore(): void {}
