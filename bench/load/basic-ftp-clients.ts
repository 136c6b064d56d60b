/** Clients as a user of npm has them: basic-ftp. */
import { createHash } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { FTPError, Client as FtpClient } from 'basic-ftp';
import { type Account, type Performer, PlannedClient } from './client.ts';
import { NodeClock } from './clock.ts';
import { Crowd, crowdPlan } from './crowd.ts';
import type { Driver } from './driver.ts';
import { OperationError } from './operation-error.ts';
import type { FtpPlan, Step } from './plan.ts';
import { digestIn, PASSWORD, USER } from './steps.ts';
import { PERIOD, storePattern } from './store-pattern.ts';

/** What `fs` would read at a time. */
const CHUNK_OCTETS = 64 * 1024;

export function basicFtpClients(plan: FtpPlan): Driver {
  return new Crowd(crowdPlan(plan), new NodeClock(), (account, number) => {
    return new PlannedClient(new BasicFtp(plan, account), plan, number);
  });
}

/** What the library says, in words that can be counted. The first that fits. */
const FAILURES: readonly (readonly [RegExp, string])[] = [
  [/timeout/i, 'no answer in time'],
  [/FIN packet|closed connection|Client is closed|User closed/, 'connection lost'],
];

type StepOf<Name> = Extract<Step, { readonly do: Name }>;
type Act<Name> = (ftp: FtpClient, step: StepOf<Name>, account: Account, plan: FtpPlan) => Promise<unknown>;

const acts: { readonly [Name in Step['do']]: Act<Name> } = {
  connect(ftp, _step, account, { server }) {
    const connected = ftp.connect(server.address, server.port);
    ftp.ftp.socket.once('close', () => account.lost());
    return connected;
  },
  async login(ftp, { user = USER, password = PASSWORD }) {
    await ftp.login(user, password);
    // FEAT and what follows from it, TYPE I among them: as `access` does it, which nearly everybody calls.
    await ftp.useDefaultSettings();
  },
  noop: (ftp) => ftp.send('NOOP'),
  async retrieve(ftp, { path, octets, sha256, octetsPerSecond }, account) {
    if (octetsPerSecond !== undefined) throw new Error('basic-ftp has no slow readers');
    const hash = sha256 === undefined ? undefined : createHash('sha256');
    let count = 0;
    const sink = new Writable({
      write(chunk: Buffer, _encoding, written) {
        count += chunk.length;
        account.octets(chunk.length);
        hash?.update(chunk);
        written();
      },
    });
    await ftp.downloadTo(sink, path);
    if (count !== octets) return account.wrong(`RETR ${path}: ${count} instead of ${octets} octets`);
    const digest = hash?.digest('hex');
    if (digest !== sha256) account.wrong(`RETR ${path}: ${digest} instead of ${sha256}`);
  },
  store(ftp, { path, octets }, account) {
    let sent = 0;
    const source = new Readable({
      read() {
        const start = sent % PERIOD;
        const chunk = storePattern.subarray(start, start + Math.min(CHUNK_OCTETS, octets - sent));
        sent += chunk.length;
        account.octets(chunk.length);
        this.push(chunk.length > 0 ? chunk : null);
      },
    });
    return ftp.uploadFrom(source, path);
  },
  async list(ftp, { path, entries }, account) {
    const { length } = await ftp.list(path);
    if (length !== entries) account.wrong(`list of ${path}: ${length} instead of ${entries} entries`);
  },
  async hash(ftp, { path, sha256 }, account) {
    const digest = digestIn((await ftp.send(`HASH ${path}`)).message);
    if (sha256 !== undefined && digest !== sha256) account.wrong(`HASH ${path}: ${digest} instead of ${sha256}`);
  },
  delete: (ftp, { path }) => ftp.remove(path),
  async quit(ftp) {
    await ftp.send('QUIT');
    ftp.close();
  },
};

class BasicFtp implements Performer {
  readonly #plan: FtpPlan;
  readonly #ftp: FtpClient;
  readonly #account: Account;
  #busy = false;
  #closing = false;

  constructor(plan: FtpPlan, account: Account) {
    this.#plan = plan;
    this.#ftp = new FtpClient(plan.patienceMs);
    this.#account = {
      ...account,
      lost: () => {
        if (!this.#busy && !this.#closing) account.lost();
      },
    };
  }

  get connected(): boolean {
    return !this.#ftp.closed;
  }

  async perform(steps: readonly Step[]): Promise<void> {
    this.#busy = true;
    this.#closing = false;
    try {
      for (const step of steps) {
        await (acts[step.do] as Act<Step['do']>)(this.#ftp, step as never, this.#account, this.#plan);
        this.#closing = step.do === 'quit';
      }
    } catch (error) {
      throw inOurWords(error as Error);
    } finally {
      this.#busy = false;
    }
  }

  close(): void {
    this.#closing = true;
    this.#ftp.close();
  }
}

function inOurWords(error: Error): Error {
  if (error instanceof FTPError) return new OperationError(`unexpected reply: ${error.code}`);
  const words = FAILURES.find(([pattern]) => pattern.test(error.message))?.[1];
  return words === undefined ? error : new OperationError(words);
}
