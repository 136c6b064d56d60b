/** Many short sessions, from a process of its own; tells which process of the server served each. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { FtpClient, type ServerAddress } from '../client/ftp-client.ts';
import { messageOf } from '../processes/child-message.ts';
import { OwnedChild } from '../processes/owned-child.ts';

const HERE = fileURLToPath(import.meta.url);

export type Errand = 'NOOP' | 'RETR';

export interface SessionPlan {
  readonly server: ServerAddress;
  readonly sessions: number;
  readonly atOnce: number;
  readonly errand: Errand;
}

/** Sessions by the process that served them. */
export type Served = Readonly<Record<string, number>>;

/** Log in, do one thing, ask who serves, leave; so many times, so many at a time. */
export class SessionCrowd implements AsyncDisposable {
  readonly #child: ChildProcess = fork(HERE);
  readonly #owned = new OwnedChild(this.#child);

  run(plan: SessionPlan): Promise<Served> {
    this.#child.send(plan);
    return messageOf<Served>(this.#child);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned[Symbol.asyncDispose]();
  }
}

/** The far side. */
async function runSessions({ server, sessions, atOnce, errand }: SessionPlan): Promise<void> {
  const served: Record<string, number> = {};
  let begun = 0;
  const oneAfterTheOther = async (): Promise<void> => {
    while (begun++ < sessions) {
      const process = await session(server, errand);
      served[process] = (served[process] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, oneAfterTheOther));
  process.send!(served);
}

/** @returns the process that served it. */
async function session(server: ServerAddress, errand: Errand): Promise<string> {
  using client = await FtpClient.login(server);
  await ERRANDS[errand](client);
  const { lines } = await client.command('STAT', 211);
  await client.command('QUIT', 221);
  const process = /\bprocess (\d+)/.exec(lines.join('\n'))?.[1];
  if (process === undefined) throw new Error(`STAT does not tell the process: ${lines.join(' / ')}`);
  return process;
}

const ERRANDS: Readonly<Record<Errand, (client: FtpClient) => Promise<void>>> = {
  NOOP: async (client) => {
    await client.command('NOOP', 200);
  },
  RETR: async (client) => {
    const data = await client.passive();
    const ended = once(data.resume(), 'end');
    client.send('RETR /small');
    await ended;
    await client.expect(150);
    await client.expect(226);
    data.destroy();
  },
};

if (process.argv[1] === HERE) process.on('message', (plan) => void runSessions(plan as SessionPlan));
