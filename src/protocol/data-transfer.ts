import type { Socket } from 'node:net';
import type { Direction } from '../tls/data-protection.ts';
import { answerEnd } from '../transfer/let-go.ts';
import { reset } from '../transfer/reset.ts';
import type { CommandContext } from './command.ts';
import { type Begun, type Reply, reply } from './reply.ts';

/** A transfer as a command describes it; runTransfer gives it a data connection and the replies around it. */
export interface TransferPlan {
  readonly verb: string;
  readonly direction: Direction;
  /** Virtual path of what is moved, for STAT and for the log. */
  readonly path: string;
  /** Text of the 150. */
  readonly opening: string;
  /** Octets to be moved in all, where that is known. */
  readonly total?: number;
  /** Text of the 226. */
  readonly closing?: string;
  /**
   * Moves the octets, to the very end of the data connection.
   * @param onMoved to be told of octets as they are moved.
   */
  move(socket: Socket, onMoved: (bytes: number) => void): Promise<void>;
  /** After the data connection is closed and before the 226 (wire rule W4): makes the result final. */
  finish?(moved: number, durationMs: number): Promise<void>;
  /** After a failure, wherever it happened: closes what the command opened. */
  cancel?(): Promise<void>;
}

const ABORTED = reply(426, 'Transfer aborted.');

/**
 * Runs a transfer: 150, then the data connection, then one final reply (RFC 959 section 5.4).
 * The command has asked `data.demandPrepared()` and opened its files before, so that a refusal comes instead of the 150.
 */
export function runTransfer(context: CommandContext, plan: TransferPlan): Begun {
  const { verb, path, total } = plan;
  context.beginTransfer({ verb, path, startedMs: Date.now(), moved: 0, ...(total !== undefined && { total }) });
  return { preliminary: reply(150, plan.opening), complete: () => complete(context, plan) };
}

async function complete(context: CommandContext, plan: TransferPlan): Promise<Reply> {
  const { session, environment, data, interruption } = context;
  const transfer = session.transfer!;
  try {
    const socket = await data.open(plan.direction, interruption);
    try {
      await plan.move(socket, (bytes) => (transfer.moved += bytes));
      if (plan.direction === 'receive') answerEnd(socket);
    } catch (error) {
      // A clean end would pass for the end of the file (wire rule W6).
      reset(socket);
      throw error;
    }
    data.close();
    await plan.finish?.(transfer.moved, Date.now() - transfer.startedMs);
    return reply(226, plan.closing ?? 'Transfer complete.');
  } catch (error) {
    const { verb, path, moved } = transfer;
    environment.log.warn('transfer broken', { session: session.id, verb, path, moved });
    await plan.cancel?.();
    if (interruption.aborted) return ABORTED;
    throw error;
  } finally {
    session.transfer = undefined;
    data.close();
  }
}
