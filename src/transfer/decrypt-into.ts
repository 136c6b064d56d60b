import type { TLSSocket } from 'node:tls';

/** What takes octets as they are decrypted. @returns where the next ones are to be put. */
export type TakeOctets = (octets: number, where: Uint8Array) => Uint8Array;

/** What a socket of Node's is read with that was made with the option `onread` (net.connect()). */
interface ReadsInPlace {
  readonly buffer: symbol;
  readonly callback: symbol;
  readonly nextBuffer: symbol;
}

/**
 * Has a protected connection decrypt into memory of ours, as the option `onread` of net.connect() has plain ones read; TLS
 * does not take that option where it is put over a connection that exists. Without, each record of 16 KiB becomes an ArrayBuffer
 * of its own, and a third of the processor goes into collecting them.
 *
 * To be called when nothing is left to be read. What is decrypted in one go, a pause does not hold back: it is for the next octets.
 * @param first where the first octets are to be put, one record at a time.
 * @returns false where Node does not do this any more; then nothing has changed.
 */
export function decryptInto(socket: TLSSocket, first: Uint8Array, take: TakeOctets): boolean {
  const names = namesOf(socket);
  const handle = (socket as unknown as { _handle?: { useUserBuffer?(buffer: Uint8Array): void } })._handle;
  if (!names || !handle?.useUserBuffer) return false;
  let current = first;
  Object.assign(socket, {
    [names.buffer]: first,
    [names.callback]: (octets: number) => {
      current = take(octets, current);
      return true;
    },
    [names.nextBuffer]: () => current,
  });
  handle.useUserBuffer(first);
  return true;
}

function namesOf(socket: TLSSocket): ReadsInPlace | undefined {
  const symbols = Object.getOwnPropertySymbols(socket);
  const named = (name: string) => symbols.find(({ description }) => description === name);
  const [buffer, callback, nextBuffer] = ['kBuffer', 'kBufferCb', 'kBufferGen'].map(named);
  return buffer && callback && nextBuffer && { buffer, callback, nextBuffer };
}
