/** A server that takes part, running. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { removeFolder } from '../files/bench-folder.ts';
import { childrenOf } from '../measure/proc.ts';
import { killAtOnce, killTree, processTree } from '../measure/process-tree.ts';
import { processorSecondsOf } from '../measure/processor-time.ts';
import type { Candidate, CommandLine, Setting } from './candidate.ts';

const FILES = 'files';
const START_LIMIT_MS = 20_000;
const ASK_AGAIN_MS = 50;
const QUIET_LIMIT_MS = 5_000;
/** Of what it says on standard error when it fails. */
const LAST_WORDS = 500;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) endAtOnce(child);
});

export interface Place extends Pick<Setting, 'address' | 'clients' | 'tls'> {
  /** Made for it, with the folder that it serves. */
  readonly folder: string;
}

/** What it serves, in words that a client could say: see `Candidate.ready`. */
const GREETING: NonNullable<Candidate['ready']> = { expect: '220' };

export class RunningCandidate implements AsyncDisposable {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** The folder for files to transfer: here. */
  readonly files: string;
  readonly #folder: string;
  readonly #candidate: Candidate;
  readonly #commandLine: CommandLine;
  #child: ChildProcess;
  #ended: Promise<unknown>;
  #processesAtRest = 1;

  private constructor(
    candidate: Candidate,
    commandLine: CommandLine,
    { address, port, root }: Setting,
    folder: string,
  ) {
    this.name = candidate.name;
    this.address = address;
    this.port = port;
    this.files = join(root, FILES);
    this.#folder = folder;
    this.#candidate = candidate;
    this.#commandLine = commandLine;
    this.#child = this.#spawn();
    this.#ended = once(this.#child, 'exit');
  }

  /** Fulfilled when it serves. @throws Error when it does not, with what it said. */
  static async start(candidate: Candidate, place: Place): Promise<RunningCandidate> {
    const root = join(place.folder, 'root');
    const scratch = join(place.folder, 'scratch');
    // vsftpd lets nobody in where all of the root may be written.
    await mkdir(join(root, FILES), { recursive: true });
    await mkdir(scratch);
    // Not subject to the umask: whoever the server runs as may enter.
    await Promise.all([chmod(place.folder, 0o755), chmod(root, 0o755), chmod(join(root, FILES), 0o777)]);
    const port = await freePort(place.address);
    const { address, clients, tls } = place;
    const setting = { address, port, root, scratch, clients, ...(tls && { tls }) };
    const commandLine = await candidate.commandLine(setting);
    const server = new RunningCandidate(candidate, commandLine, setting, place.folder);
    try {
      await server.#untilItServes();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** The name of one of its files: there. */
  pathOf(name: string): string {
    return `${FILES}/${name}`;
  }

  /** Of all its processes that are there now. */
  get pids(): number[] {
    return processTree(this.pid);
  }

  /** Of all its processes, up to now. */
  get processorSeconds(): number {
    return processorSecondsOf(this.pid);
  }

  /** Waits until the processes of clients that have left are gone as well, but not for ever. */
  async quiet(): Promise<void> {
    const until = performance.now() + QUIET_LIMIT_MS;
    while (processTree(this.pid).length > this.#processesAtRest && performance.now() < until) await delay(ASK_AGAIN_MS);
  }

  /** Fulfilled when its main process has ended. */
  get ended(): Promise<unknown> {
    return this.#ended;
  }

  /** Whether its main process is there. */
  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * Ends one of its units, as a crash would: a thread or a process that serves clients, or all of it where there is no other.
   * @returns what was ended, in words.
   */
  endUnit(): string {
    const { dyingSignal } = this.#candidate;
    if (dyingSignal !== undefined) {
      this.#child.kill(dyingSignal);
      return 'a unit is told to die';
    }
    const unit = childrenOf(this.pid).at(-1);
    // Some have two processes for each client, of which either may go on for a while without the other.
    killAtOnce(unit ?? this.pid);
    return unit === undefined ? 'the server is killed' : 'a process that serves clients is killed, with its own';
  }

  /** Starts it once more, on the same port, when it has ended. Fulfilled when it serves. @throws Error when it does not. */
  async restart(): Promise<void> {
    running.delete(this.#child);
    endAtOnce(this.#child);
    this.#child = this.#spawn();
    this.#ended = once(this.#child, 'exit');
    await this.#untilItServes();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    running.delete(this.#child);
    endAtOnce(this.#child);
    await this.#ended;
    removeFolder(this.#folder);
  }

  #spawn(): ChildProcess {
    const { program, args, env } = this.#commandLine;
    const child = spawn('sh', ['-c', 'ulimit -n "$(ulimit -H -n)"; exec "$0" "$@"', program, ...args], {
      cwd: join(this.#folder, 'scratch'),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running.add(child);
    letClientsGoFirst(child.pid!);
    return child;
  }

  async #untilItServes(): Promise<void> {
    let said = '';
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-LAST_WORDS)));
    }
    const until = performance.now() + START_LIMIT_MS;
    while (!(await serves(this, this.#candidate.ready ?? GREETING))) {
      const ended = this.#child.exitCode ?? this.#child.signalCode;
      if (ended !== null) throw new Error(`ended with ${ended} when started: ${said.trim()}`);
      if (performance.now() > until) throw new Error(`does not serve after ${START_LIMIT_MS / 1000} s: ${said.trim()}`);
      await delay(ASK_AGAIN_MS);
    }
    this.#processesAtRest = processTree(this.pid).length;
  }
}

/**
 * A process group leader begins a session, and Linux shares processors out by session first (autogroups, sched(7)). Beside a
 * server with several busy processes the clients, which are hardly ever busy, had to wait for hundreds of milliseconds to be
 * told of a reply; real clients have a machine of their own. So the session of the server gives way.
 */
function letClientsGoFirst(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(AUTOGROUP_NICE));
  } catch {
    // Without autogroups there is nothing to give way in.
  }
}

/** From -20 to 19, as nice(1) has it; more than 0 needs no rights. */
const AUTOGROUP_NICE = 10;

/** @returns whether it was still there. */
function endAtOnce(child: ChildProcess): boolean {
  if (child.exitCode !== null || child.signalCode !== null) return false;
  killTree(child.pid!);
  return true;
}

/** @throws Error when it says something else. */
async function serves(
  { address, port }: Pick<Setting, 'address' | 'port'>,
  { say, expect }: NonNullable<Candidate['ready']>,
): Promise<boolean> {
  const socket = connect({ host: address, port });
  const abort = AbortSignal.timeout(START_LIMIT_MS);
  if (say !== undefined) socket.write(say);
  try {
    const [said] = await Promise.race([
      once(socket, 'data', { signal: abort }) as Promise<[Buffer]>,
      once(socket, 'end', { signal: abort }).then(() => ['nothing'] as const),
    ]).catch(() => [undefined]);
    if (said !== undefined && !String(said).startsWith(expect)) {
      throw new Error(`instead of ${expect}: ${said}`.trim());
    }
    return said !== undefined;
  } finally {
    socket.destroy();
  }
}

async function freePort(address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
