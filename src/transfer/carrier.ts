import type { Socket } from 'node:net';

/** The TCP connections under protected ones. */
const carriers = new WeakMap<Socket, Socket>();

/** @param socket protected by TLS, over `carrier`. */
export function setCarrier(socket: Socket, carrier: Socket): void {
  carriers.set(socket, carrier);
}

/** Whether it is TLS; then what is read and written is not what crosses the network. */
export function isProtected(socket: Socket): boolean {
  return 'encrypted' in socket;
}

/** What carries the octets of `socket`: the TCP connection under TLS, or the socket itself. */
export function carrierOf(socket: Socket): Socket {
  return carriers.get(socket) ?? socket;
}
