/** Clients in a process of their own that all connect at once, and leave as soon as they are greeted. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ServerAddress } from '../client/ftp-client.ts';
import { messageOf } from '../processes/child-message.ts';
import { OwnedChild } from '../processes/owned-child.ts';

const HERE = fileURLToPath(import.meta.url);
/**
 * Nobody waits longer. A SYN that was dropped is sent again after a second (RFC 6298), and then after twice the time each, by
 * Linux since 6.5 four times each second before that (tcp_syn_linear_timeouts).
 */
export const PATIENCE_MS = 5_000;

export interface BurstPlan {
  readonly server: ServerAddress;
  readonly clients: number;
}

export interface Visit {
  /** Milliseconds from the connect(2) of the first client until this one was greeted; Infinity when it was not. */
  readonly waitedMs: number;
  /** The connection was refused or reset: ECONNREFUSED, ECONNRESET. */
  readonly turnedAway: boolean;
}

export class Burst implements AsyncDisposable {
  readonly #child = new OwnedChild(fork(HERE, { serialization: 'advanced' }));

  run(plan: BurstPlan): Promise<Visit[]> {
    this.#child.process.send(plan);
    return messageOf<Visit[]>(this.#child.process);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}

/** The far side. */
async function burst({ server, clients }: BurstPlan): Promise<void> {
  const start = performance.now();
  process.send!(await Promise.all(Array.from({ length: clients }, () => visit(server, start))));
}

async function visit({ address, port }: ServerAddress, start: number): Promise<Visit> {
  const socket = connect({ host: address, port, signal: AbortSignal.timeout(PATIENCE_MS) });
  try {
    await once(socket, 'data');
    return { waitedMs: performance.now() - start, turnedAway: false };
  } catch (error) {
    return { waitedMs: Number.POSITIVE_INFINITY, turnedAway: (error as NodeJS.ErrnoException).code !== 'ABORT_ERR' };
  } finally {
    socket.destroy();
  }
}

if (process.argv[1] === HERE) process.on('message', (plan) => void burst(plan as BurstPlan));
