import type { Socket } from 'node:net';

/** What is under a protected connection. */
export interface Carrier {
  /** The TCP connection. */
  readonly socket: Socket;
  /** As many octets as are decrypted in one go at most, whether or not somebody wants them; absent: nobody has seen to that. */
  readonly burstBytes?: number;
}

const carriers = new WeakMap<Socket, Carrier>();

/** @param socket protected by TLS, over `carrier`. */
export function setCarrier(socket: Socket, carrier: Carrier): void {
  carriers.set(socket, carrier);
}

/** Whether it is TLS; then what is read and written is not what crosses the network. */
export function isProtected(socket: Socket): boolean {
  return 'encrypted' in socket;
}

/** What carries the octets of `socket`: the TCP connection under TLS, or the socket itself. */
export function carrierOf(socket: Socket): Socket {
  return carriers.get(socket)?.socket ?? socket;
}

/** See Carrier. */
export function burstOf(socket: Socket): number | undefined {
  return carriers.get(socket)?.burstBytes;
}
