import { Socket, type SocketConstructorOpts, type TcpSocketConnectOpts } from 'node:net';
import { closeDescriptor, duplicate } from '../posix/descriptor.ts';
import { descriptorOf } from '../posix/descriptor-of.ts';
import { PosixError } from '../posix/errno.ts';
import { posixAvailable } from '../posix/libc.ts';
import type { Pipe } from '../posix/splice.ts';
import { isProtected } from './carrier.ts';
import { DataConnectionError } from './data-connection-error.ts';
import { wasReset } from './reset.ts';
import { restartStallTimer } from './stall-timer.ts';

type End = { readonly how: 'in order' } | { readonly how: 'broken'; readonly error: DataConnectionError };

/** Whether an `Intake` can be made: plain TCP, where descriptors can be duplicated. */
export function canTakeIn(socket: Socket): boolean {
  return !isProtected(socket) && posixAvailable();
}

/**
 * What a client sends, read into one buffer again and again, instead of into a new one of 64 KiB each time, which is all that
 * a socket that exists can do. So it is read through a socket of its own, on a duplicate of the descriptor, from which
 * nothing is read ahead of who takes the chunks.
 */
export class Intake implements Disposable {
  readonly #socket: Socket;
  readonly #reader: Socket;
  readonly #onClose: () => void;
  #chunk: Uint8Array | undefined;
  #end: End | undefined;
  #wake: () => void = ignore;

  /**
   * @param socket paused, with nothing read from it. When it is closed, the chunks end with its error.
   * @param buffer what is read at once fits into it.
   * @throws PosixError EMFILE; DataConnectionError when the socket is closed.
   */
  constructor(socket: Socket, buffer: Uint8Array) {
    if (socket.destroyed) throw DataConnectionError.from(socket.errored);
    this.#socket = socket;
    this.#reader = readerOf(socket, {
      buffer,
      callback: (octets) => {
        this.#chunk = buffer.subarray(0, octets);
        this.#wake();
        return false;
      },
    });
    this.#reader.on('end', () => {
      const cut = wasReset(this.#reader);
      this.#finish(cut ? { how: 'broken', error: new DataConnectionError('broken') } : { how: 'in order' });
    });
    this.#reader.on('error', (cause) => this.#finish({ how: 'broken', error: DataConnectionError.from(cause) }));
    this.#onClose = () => {
      this.#finish({ how: 'broken', error: DataConnectionError.from(socket.errored) });
      // Who takes the chunks may be waiting for a disk; the client's connection is over now.
      this.#reader.destroy();
    };
    socket.once('close', this.#onClose);
  }

  /**
   * Waits for octets.
   * @returns them, in the buffer, until they are asked for again; undefined when the client has closed its side.
   * @throws DataConnectionError when the connection breaks before its end.
   */
  async next(): Promise<Uint8Array | undefined> {
    if (this.#chunk === undefined && this.#end === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#reader.resume();
      });
    }
    this.#demandWhole();
    const chunk = this.#chunk;
    this.#chunk = undefined;
    if (chunk) restartStallTimer(this.#socket);
    return chunk;
  }

  /**
   * Puts what has come, and has not been read, into a pipe. To be asked between two chunks, when the first is done with.
   * @returns octets, as Pipe.takeFrom() does. @throws DataConnectionError; PosixError EINVAL where that is impossible.
   */
  moveInto(pipe: Pipe): number | undefined {
    this.#demandWhole();
    try {
      const octets = pipe.takeFrom(descriptorOf(this.#reader));
      if (octets) restartStallTimer(this.#socket);
      return octets;
    } catch (error) {
      throw error instanceof PosixError && error.code !== 'EINVAL' ? DataConnectionError.from(error) : error;
    }
  }

  /** Closes the duplicate: the connection is the other socket's. */
  [Symbol.dispose](): void {
    this.#socket.off('close', this.#onClose);
    this.#reader.destroy();
  }

  #demandWhole(): void {
    if (this.#end?.how === 'broken') throw this.#end.error;
  }

  #finish(end: End): void {
    this.#end ??= end;
    this.#wake();
  }
}

function readerOf(socket: Socket, onread: TcpSocketConnectOpts['onread']): Socket {
  const fd = duplicate(descriptorOf(socket));
  try {
    // The types know `onread` only of sockets that connect.
    return new Socket({ fd, allowHalfOpen: true, readable: true, onread } as SocketConstructorOpts);
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

function ignore(): void {}
