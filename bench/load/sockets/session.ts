import { createHash } from 'node:crypto';
import type { FtpReply } from '../../client/reply-reader.ts';
import type { Account, Performer } from '../client.ts';
import { OperationError } from '../operation-error.ts';
import type { Step } from '../plan.ts';
import { digestIn, PASSWORD, USER } from '../steps.ts';
import { Control, type ControlListener } from './control.ts';
import { Download, Upload, type Use } from './data.ts';
import type { Dialect, ListCommand } from './dialect.ts';
import type { Poller } from './poller.ts';
import type { SocketAddress } from './system-calls.ts';

/** Where clients come from and go to: the same for all. */
export interface Surroundings {
  readonly poller: Poller;
  readonly server: SocketAddress;
  /** The same for data connections, whose port changes. */
  readonly dataServer: SocketAddress;
  readonly dialect: Dialect;
  readonly patienceMs: number;
  /** Another one each time; undefined when the kernel may choose. */
  nextLocalAddress(): SocketAddress | undefined;
}

type StepOf<Name> = Extract<Step, { readonly do: Name }>;
type Act<Name> = (session: Session, step: StepOf<Name>) => Promise<unknown>;

/** What each step does. */
const acts: { readonly [Name in Step['do']]: Act<Name> } = {
  connect: (session) => session.connect(),
  async login(session, { user = USER, password = PASSWORD }) {
    const { code } = await session.ask('USER', user, [331, 230]);
    if (code === 331) await session.ask('PASS', password, [230]);
  },
  noop: (session) => session.ask('NOOP', undefined, [200]),
  retrieve: (session, step) => session.retrieve(step),
  store: (session, step) => session.store(step),
  list: (session, step) => session.list(step),
  async hash(session, { path, sha256 }) {
    const { lines } = await session.ask('HASH', path, [213]);
    const digest = digestIn(lines[0]!);
    if (sha256 !== undefined && digest !== sha256) session.wrong(`HASH ${path}`, digest ?? lines[0]!, sha256);
  },
  delete: (session, { path }) => session.ask('DELE', path, [250]),
  async quit(session) {
    await session.ask('QUIT', undefined, [221]);
    session.close();
  },
};

/** After a second of silence the kernel has asked, and the server did not know of the connection. */
const FORGOTTEN_AFTER_MS = 900;

/** One client: a control connection, and what it does with it. */
export class Session implements Performer, ControlListener {
  readonly #surroundings: Surroundings;
  readonly #account: Account;
  #control: Control | undefined;
  #data: Download | Upload | undefined;
  #local: SocketAddress | undefined;
  #binary = false;
  #busy = false;
  /** What the server was last asked: a verb. */
  #asked = '';
  /** When the server was last asked, or has last answered; performance.now(), of the poller's turn. */
  #heardAt = 0;

  constructor(surroundings: Surroundings, account: Account) {
    this.#surroundings = surroundings;
    this.#account = account;
  }

  get connected(): boolean {
    return this.#control?.isOpen ?? false;
  }

  async perform(steps: readonly Step[]): Promise<void> {
    this.#busy = true;
    this.heard();
    try {
      for (const step of steps) await (acts[step.do] as Act<Step['do']>)(this, step as never);
    } finally {
      this.#busy = false;
    }
  }

  close(): void {
    this.#control?.close();
    this.#data?.close();
  }

  /** To be asked now and then: whether the server still has time. */
  beImpatient(): void {
    const { poller, patienceMs } = this.#surroundings;
    if (!this.#busy || poller.now - this.#heardAt < patienceMs) return;
    const reason = `no answer in time (${this.#asked})`;
    this.#control?.close(new OperationError(reason));
    this.#data?.close(reason);
  }

  heard(): void {
    this.#heardAt = this.#surroundings.poller.now;
  }

  broke(): void {
    if (!this.#busy) this.#account.lost();
  }

  wrong(what: string, got: number | string, expected: number | string): void {
    this.#account.wrong(`${what}: ${got} instead of ${expected}`);
  }

  async connect(): Promise<void> {
    const began = performance.now();
    for (;;) {
      const { poller, server, nextLocalAddress, patienceMs } = this.#surroundings;
      this.close();
      this.#local = nextLocalAddress();
      this.#binary = false;
      this.#asked = 'greeting';
      const asked = performance.now();
      this.#control = new Control(poller, server, { from: this.#local, probes: true }, this);
      try {
        return void demandCode(await this.#control.reply(), 'connecting', [220]);
      } catch (error) {
        // Where more come than a listen queue holds, Linux answers some of them by cookie and then forgets them.
        const now = performance.now();
        const forgotten = (error as Error).message === 'connection lost' && now - asked > FORGOTTEN_AFTER_MS;
        if (!forgotten || now - began > patienceMs) throw error;
      }
    }
  }

  /** @throws OperationError when the reply has none of the codes. */
  async ask(verb: string, argument: string | undefined, codes: readonly number[]): Promise<FtpReply> {
    this.#say(argument === undefined ? `${verb}\r\n` : `${verb} ${argument}\r\n`);
    return demandCode(await this.#theControl.reply(), verb, codes);
  }

  async retrieve({ path, octets, sha256, octetsPerSecond }: StepOf<'retrieve'>): Promise<void> {
    const use: Use = sha256 === undefined ? { kind: 'count' } : { kind: 'hash', hash: createHash('sha256') };
    const port = await this.#beginTransfer();
    const received = await this.#download('RETR', path, port, { octets, use, octetsPerSecond });
    if (received !== octets) this.wrong(`RETR ${path}`, received, `${octets} octets`);
    else if (use.kind === 'hash') {
      const digest = use.hash.digest('hex');
      if (digest !== sha256) this.wrong(`RETR ${path}`, digest, sha256!);
    }
  }

  async store({ path, octets }: StepOf<'store'>): Promise<void> {
    const { poller, dataServer } = this.#surroundings;
    const port = await this.#beginTransfer();
    const upload = new Upload(poller, this.#transfer, dataServer.at(port), { from: this.#local, octets });
    this.#data = upload;
    try {
      await this.ask('STOR', path, [125, 150]);
      upload.begin();
      const { trouble } = await upload.done;
      demandCode(await this.#theControl.reply(), 'STOR at its end', [226, 250]);
      if (trouble !== undefined) throw new OperationError(`data connection: ${trouble}`);
    } finally {
      upload.close();
    }
  }

  async list({ path, entries }: StepOf<'list'>): Promise<void> {
    const { dialect } = this.#surroundings;
    let command: ListCommand;
    for (;;) {
      command = dialect.list;
      const port = await this.#beginTransfer();
      const chunks: Buffer[] = [];
      try {
        await this.#download(command.verb, path, port, {
          octets: 0,
          use: { kind: 'text', chunks },
          octetsPerSecond: undefined,
        });
        const count = command.count(Buffer.concat(chunks));
        if (count !== entries) this.wrong(`${command.verb} ${path}`, count, `${entries} entries`);
        return;
      } catch (error) {
        if (!(error instanceof UnexpectedReply && dialect.refused(command, error.reply))) throw error;
      }
    }
  }

  readonly #transfer = {
    moved: (octets: number) => {
      this.heard();
      this.#account.octets(octets);
    },
  };

  get #theControl(): Control {
    if (!this.#control) throw new OperationError('the plan has no step that connects');
    return this.#control;
  }

  #say(line: string): void {
    this.#theControl.send(line);
    this.#asked = line.slice(0, 4).trimEnd();
    this.heard();
  }

  /** TYPE I, once for each connection; then a port to connect to. */
  async #beginTransfer(): Promise<number> {
    if (!this.#binary) await this.ask('TYPE', 'I', [200]);
    this.#binary = true;
    const { dialect } = this.#surroundings;
    for (;;) {
      const command = dialect.passive;
      this.#say(command.line);
      const reply = await this.#theControl.reply();
      if (reply.code === command.code) return command.port(reply);
      if (!dialect.refused(command, reply)) throw new UnexpectedReply(command.line.trimEnd(), reply);
    }
  }

  /** @returns how many octets came. */
  async #download(
    verb: string,
    path: string,
    port: number,
    settings: Pick<ConstructorParameters<typeof Download>[3], 'octets' | 'use' | 'octetsPerSecond'>,
  ): Promise<number> {
    const { poller, dataServer } = this.#surroundings;
    const download = new Download(poller, this.#transfer, dataServer.at(port), { ...settings, from: this.#local });
    this.#data = download;
    try {
      await this.ask(verb, path, [125, 150]);
      const { octets, trouble } = await download.done;
      demandCode(await this.#theControl.reply(), `${verb} at its end`, [226, 250]);
      if (trouble !== undefined) throw new OperationError(`data connection: ${trouble}`);
      return octets;
    } finally {
      download.close();
    }
  }
}

class UnexpectedReply extends OperationError {
  readonly reply: FtpReply;

  constructor(to: string, reply: FtpReply) {
    super(`unexpected reply to ${to}: ${reply.code}`);
    this.reply = reply;
  }
}

function demandCode(reply: FtpReply, to: string, codes: readonly number[]): FtpReply {
  if (!codes.includes(reply.code)) throw new UnexpectedReply(to, reply);
  return reply;
}
