import type { Socket } from 'node:net';
import { type Direction, protectData } from '../tls/data-protection.ts';
import { HandshakeError } from '../tls/handshakes.ts';
import { newTicketKeys, type TicketKeys } from '../tls/ticket-keys.ts';
import { DataConnectionError } from '../transfer/data-connection-error.ts';
import { reset } from '../transfer/reset.ts';
import type { CommandEnvironment } from './environment.ts';
import type { Interruption } from './interruption.ts';
import { ReplyError } from './reply.ts';
import type { Session } from './session.ts';

/** Whose data connection it is. */
export interface DataOwner {
  readonly session: Pick<Session, 'id' | 'security'>;
  readonly environment: Pick<CommandEnvironment, 'settings' | 'handshakes' | 'log'>;
}

/**
 * Makes a connection what a transfer needs: protected, if PROT P has asked for that, and with an end for everything that
 * could keep it waiting: when no octet moves for the stall time, and when the command is interrupted, it ends with an error.
 * @param socket paused, with nothing read from it.
 * @throws ReplyError 522 without a protection that the policy is content with; DataConnectionError when the command is
 *   interrupted.
 */
export async function readyForTransfer(
  socket: Socket,
  direction: Direction,
  owner: DataOwner,
  interruption: Interruption,
): Promise<Socket> {
  const { security } = owner.session;
  const isPrivate = security.state === 'protected' && security.data === 'private';
  const ready = isPrivate ? await protect(socket, direction, security.ticketKeys, owner, interruption) : socket;
  ready.setTimeout(owner.environment.settings.timeouts.stallMs, () => {
    reset(ready, new DataConnectionError('stalled'));
  });
  interruption.onAbort(() => reset(ready, new DataConnectionError('broken')));
  return ready;
}

async function protect(
  socket: Socket,
  direction: Direction,
  ownKeys: TicketKeys,
  { session, environment: { settings, handshakes, log } }: DataOwner,
  interruption: Interruption,
): Promise<Socket> {
  const { dataResumption, unannouncedEnd } = settings.tls!;
  const ticketKeys = dataResumption === 'off' ? newTicketKeys() : ownKeys;
  const deaf = interruption.onAbort(() => reset(socket));
  try {
    const tls = await protectData(socket, handshakes!, { direction, ticketKeys, unannouncedEnd });
    const resumed = tls !== 'unspoken' && tls.isSessionReused();
    if (!resumed && dataResumption === 'require') {
      throw new ReplyError(522, 'The data connection must resume the TLS session of the control connection.');
    }
    if (!resumed && dataResumption === 'warn' && tls !== 'unspoken') {
      log.warn('data connection does not resume the TLS session', { session: session.id });
    }
    return tls === 'unspoken' ? socket : tls;
  } catch (error) {
    reset(socket);
    if (interruption.aborted) throw new DataConnectionError('broken', { cause: error });
    if (!(error instanceof HandshakeError)) throw error;
    log.warn('TLS handshake failed', { session: session.id, connection: 'data', reason: error.reason });
    throw new ReplyError(522, 'The TLS handshake on the data connection failed.');
  } finally {
    deaf();
  }
}
