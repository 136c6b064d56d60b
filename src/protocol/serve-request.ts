import type { MessagePort } from 'node:worker_threads';
import { CommandRun } from './command-run.ts';
import { rowFor } from './command-table.ts';
import type { CommandEnvironment } from './environment.ts';
import type { Interruption } from './interruption.ts';
import { LineToLoop } from './line-to-loop.ts';
import type { Presences } from './presences.ts';
import type { Rates } from './rates.ts';
import { RemoteDataChannel } from './remote-data-channel.ts';
import type { RemoteRequest } from './remote-messages.ts';
import { isReply } from './reply.ts';
import type { RunningTransfer, Session } from './session.ts';
import { newTransferCounter, sharedTransfer } from './shared-transfer.ts';

/** What the commands of a pool's thread share; the rest of their environment is on the event loop. */
export type RequestEnvironment = Omit<CommandEnvironment, 'presences' | 'rates' | 'emit'> & {
  readonly newRateLimit: Rates['own'];
};

/**
 * Runs one command in a thread of a pool: the far side of a RemoteRun.
 * @param request as RequestPool.run got it, cloned. @param line to the loop; closed at the end.
 */
export async function serveRequest(request: unknown, port: MessagePort, shared: RequestEnvironment): Promise<void> {
  const { session, verb, argument, pending, dataPrepared } = request as RemoteRequest;
  const before = { ...session };
  const line = new LineToLoop(port);
  const data = new RemoteDataChannel(line, dataPrepared, { session, environment: shared });
  const environment: CommandEnvironment = {
    ...shared,
    presences: presencesOverLine(line),
    rates: { own: shared.newRateLimit, shared: sharedRateOver(line) },
    emit: (event) => line.post({ kind: 'event', event }),
  };
  const run = new RequestRun({ row: rowFor(verb)!, argument, pending }, session, environment, data, line);
  line.listen(() => run.abort());
  try {
    const answer = await run.start();
    if (!isReply(answer)) line.post({ kind: 'preliminary', reply: answer.preliminary });
    const last = isReply(answer) ? answer : await answer.complete();
    line.post({ kind: 'done', reply: last, changes: changesOf(session, before) });
  } finally {
    line.close();
  }
}

class RequestRun extends CommandRun {
  readonly #line: LineToLoop;

  constructor(
    ...[command, session, environment, data, line]: [...ConstructorParameters<typeof CommandRun>, LineToLoop]
  ) {
    super(command, session, environment, data);
    this.#line = line;
  }

  /** Asked at the moment when it counts, it is as exact as on the loop: an abort that was sent is seen. */
  override get interruption(): Interruption {
    this.#line.look();
    return super.interruption;
  }

  /** The loop answers STAT while the transfer runs, so it must see how far that is. */
  override beginTransfer({ moved: _none, ...transfer }: RunningTransfer): void {
    const moved = newTransferCounter();
    super.beginTransfer(sharedTransfer(transfer, moved));
    this.#line.post({ kind: 'transfer', transfer, moved });
  }
}

/** They are kept where the connections are. */
function presencesOverLine(line: LineToLoop): Presences {
  return {
    logIn: (session, user) => line.call('logIn', session, user),
    logOut: (session) => line.tell('logOut', session),
    loginFailed: (session, user) => line.call('loginFailed', session, user),
    who: () => line.call('who'),
    kick: (session) => line.call('kick', session),
  };
}

function sharedRateOver(line: LineToLoop): Rates['shared'] {
  return (name, bytesPerSecond) => ({ take: (octets) => line.call('takeOfRate', name, bytesPerSecond, octets) });
}

/** The fields that a command has set. What is in them is never changed in its place, but replaced. */
function changesOf(session: Session, before: Session): Partial<Session> {
  const changed = Object.entries(session).filter(([name, value]) => value !== before[name as keyof Session]);
  return Object.fromEntries(changed);
}
