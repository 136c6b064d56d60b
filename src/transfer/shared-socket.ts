import { Socket, type SocketConstructorOpts } from 'node:net';
import { closeDescriptor, duplicate } from '../posix/descriptor.ts';
import { descriptorOf } from '../posix/descriptor-of.ts';
import { disconnect } from '../posix/socket.ts';
import { reset } from './reset.ts';

export { descriptorOf };

/**
 * A socket of this thread on the connection that a socket of another thread has: on a descriptor of its own, so that each
 * side closes its own one. The connection ends with the last of them; what is set on it, such as that it is to end with a
 * reset, holds for both.
 * @param descriptor as descriptorOf has told it. Nothing has been read from that socket, and nothing will be.
 * @throws PosixError when there is no descriptor left (EMFILE).
 */
export function socketOfDescriptor(descriptor: number): Socket {
  const own = duplicate(descriptor);
  try {
    // The types do not know `manualStart`: nothing is read until somebody does, who may want to read otherwise (intake.ts).
    const options = { fd: own, allowHalfOpen: true, readable: true, writable: true, manualStart: true };
    return new Socket(options as SocketConstructorOpts);
  } catch (error) {
    closeDescriptor(own);
    throw error;
  }
}

/**
 * Resets the connection and closes this socket. The peer hears of it also when another thread has died so early or late that
 * its descriptor is left over, which nobody knows any more.
 */
export function resetShared(socket: Socket): void {
  try {
    disconnect(descriptorOf(socket));
  } catch {
    // Closed already, or a system on which the connection ends with its last descriptor.
  }
  reset(socket);
}
