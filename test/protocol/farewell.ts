import type { ControlClient } from '../support/control-client.ts';

/**
 * How the server ends a control connection. To be asked for before it does.
 * @param lastWords sent by the client when it sees the end.
 * @returns `end` for a FIN, which the client answers with its own, as clients do; `reset` for an RST.
 */
export function farewell({ socket }: ControlClient, lastWords = ''): Promise<'end' | 'reset'> {
  return new Promise((resolve) => {
    socket.once('error', () => resolve('reset'));
    socket.once('end', () => {
      if (!socket.writableEnded) socket.end(lastWords);
      socket.once('close', () => resolve('end'));
    });
  });
}
