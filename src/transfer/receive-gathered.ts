import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { WritableFile } from '../storage/file-system.ts';
import { buffers } from './buffer-pool.ts';
import { burstOf } from './carrier.ts';
import { DataConnectionError } from './data-connection-error.ts';
import { decryptInto } from './decrypt-into.ts';
import type { Reception } from './reception.ts';
import { Ring } from './ring.ts';
import { restartStallTimer } from './stall-timer.ts';
import { writeNow } from './write-now.ts';

/**
 * Stores everything that the client sends until its end, where that comes in small pieces: records of TLS hold 16 KiB at most,
 * and to have each of them written by the storage would take longer than to decrypt it. They are gathered in a ring, from which
 * one write after the other takes what has come meanwhile. When it is nearly full the client has to wait.
 * @param socket protected; paused. What came before an end that is none (DataConnectionError) is stored as well.
 * @throws DataConnectionError when the connection breaks before its end; whatever `file` throws.
 */
export async function receiveGathered(socket: Socket, file: WritableFile, reception: Reception): Promise<void> {
  using lent = buffers.lend();
  const { octets } = lent;
  const burst = burstOf(socket) ?? octets.length / 4;
  // Lent when there were fewer, the buffer below may be larger than usual.
  const memory = octets.length >= 2 * burst ? octets : Buffer.allocUnsafeSlow(4 * burst);
  gathering++;
  try {
    const write = await writerOf(file);
    await new Gathering(socket as TLSSocket, write, reception, { ring: new Ring(memory), burst }).done;
  } finally {
    gathering--;
  }
}

/** Uploads of this thread that are gathered. */
let gathering = 0;

type Write = (chunk: Uint8Array) => Promise<void>;

/**
 * One alone, into a file in memory, is stored on the spot. Of several, and on disks, threads of the pool write: there it takes
 * the processor that decrypts the others.
 */
async function writerOf(file: WritableFile): Promise<Write> {
  const inKernel = await file.inKernel?.();
  if (inKernel?.medium !== 'memory') return (chunk) => file.write(chunk);
  return (chunk) => (gathering === 1 ? writeNow(inKernel, file, chunk) : file.write(chunk));
}

class Gathering {
  readonly done: Promise<void>;
  readonly #socket: TLSSocket;
  readonly #store: Write;
  readonly #reception: Reception;
  readonly #ring: Ring;
  /** What may come though the socket has been paused. */
  readonly #burst: number;
  #state: 'waiting' | 'about to write' | 'writing' = 'waiting';
  #end: { readonly error?: unknown } | undefined;
  #settle!: { readonly resolve: () => void; readonly reject: (error: unknown) => void };

  constructor(
    socket: TLSSocket,
    store: Write,
    reception: Reception,
    { ring, burst }: { readonly ring: Ring; readonly burst: number },
  ) {
    this.#socket = socket;
    this.#store = store;
    this.#reception = reception;
    this.#ring = ring;
    this.#burst = burst;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // What came with the end of the handshake, and may have been all.
    for (let early = socket.read(); early; early = socket.read()) this.#take(early as Buffer);
    // Both may have been told of already, and are told no second time.
    if (socket.readableEnded) this.#ended({});
    else if (socket.destroyed) this.#broken();
    else this.#begin();
  }

  #begin(): void {
    const socket = this.#socket;
    socket.on('end', () => this.#ended({}));
    // Whatever has gone wrong, it is known by then.
    socket.on('close', () => this.#broken());
    const inPlace = decryptInto(socket, this.#ring.room, (octets) => this.#taken(octets));
    if (!inPlace) socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.resume();
  }

  #take(chunk: Buffer): void {
    const left = this.#ring.add(chunk);
    if (left.length > 0) this.#socket.destroy(new Error('more octets than there is room for'));
    this.#added();
  }

  /** @returns where the next ones go. */
  #taken(octets: number): Buffer {
    this.#ring.added(octets);
    this.#added();
    const { room } = this.#ring;
    if (room.length > 0) return room;
    // More has come than was said to: better no upload than one with a hole in it.
    this.#socket.destroy(new Error('more octets than there is room for'));
    return Buffer.allocUnsafeSlow(this.#burst);
  }

  #added(): void {
    if (this.#ring.free <= this.#burst) this.#socket.pause();
    // When all records have been taken that came together.
    if (this.#state === 'waiting') {
      this.#state = 'about to write';
      queueMicrotask(() => void this.#write());
    }
  }

  async #write(): Promise<void> {
    this.#state = 'writing';
    try {
      while (this.#ring.filled > 0) {
        const { content } = this.#ring;
        this.#reception.onOctets?.(content);
        await this.#store(content);
        this.#ring.taken(content.length);
        this.#reception.onMoved(content.length);
        // Who waits for the storage is not to blame for it.
        restartStallTimer(this.#socket);
        if (this.#ring.free > this.#burst && this.#socket.isPaused()) this.#socket.resume();
      }
    } catch (error) {
      this.#settle.reject(error);
      return;
    }
    this.#state = 'waiting';
    if (this.#end) this.#finish(this.#end);
  }

  #broken(): void {
    this.#ended({ error: DataConnectionError.from(this.#socket.errored) });
  }

  #ended(end: { readonly error?: unknown }): void {
    if (this.#end) return;
    this.#end = end;
    if (this.#state === 'waiting') this.#finish(end);
  }

  #finish({ error }: { readonly error?: unknown }): void {
    if (error === undefined) this.#settle.resolve();
    else this.#settle.reject(error);
  }
}
