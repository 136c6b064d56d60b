import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { closeDescriptor } from '../posix/descriptor.ts';
import type { Place } from './board.ts';
import { ChildOutput } from './child-output.ts';
import { closeUnlessTaken, newClaim } from './claim.ts';
import type { CompiledCode } from './compiled-program.ts';
import type { StartOrder } from './messages.ts';
import { childWire, deadWire, type Wire, workerWire } from './wire.ts';

/** What carries a unit: the process or thread itself, as its parent has it in its hands. */
export interface Carrier {
  readonly wire: Wire;
  readonly place: Place;
  /** The order as the unit is to get it: a process knows descriptors by other numbers. */
  readonly order: StartOrder;
  /** Fulfilled when it has ended; with how, if that was no proper end. */
  readonly ended: Promise<string | undefined>;
  /** It is ready: what it has to say from now on is no reason for its failure. */
  started(): void;
  /** Ends it by force. */
  kill(): void;
}

/** Built code starts the bundle of the entry: a unit that is made for one client has no time to load fifty files. */
const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? './unit-entry.ts' : '../../units/unit-entry.cjs',
  import.meta.url,
);
/** The entry by way of compiled code. */
const COMPILED_ENTRY = new URL('../../units/unit-start.cjs', import.meta.url);

/** Behind stdin, stdout, stderr and the channel of Node. */
const INHERITED_FD = 4;

/** Options of Node that a unit needs as much as its parent: sizes of memory above all. Not --inspect, whose port is taken. */
const HANDED_ON = /^--(?:(?:max|min|stack)[\w-]*=|(?:enable-source-maps|no-warnings|trace-[\w-]+)$)/;

/**
 * Starts what is to carry a unit. Takes over the client's descriptor, also when that fails, of which `ended` tells.
 * @param compiled where to find the compiled program; absent: the unit compiles it for itself.
 */
export function startCarrier(kind: 'process' | 'thread', order: StartOrder, compiled?: CompiledCode): Carrier {
  try {
    return START[kind](order, compiled);
  } catch (error) {
    // Not enough memory, too many threads: an accident of the moment, which must not end the parent.
    if (order.client) closeDescriptor(order.client.fd);
    return notCarried(order, notStarted((error as Error).message));
  }
}

/** It inherits the descriptor that the order names (as inetd and prefork do it), that of the code, and no other. */
function startProcess(order: StartOrder, compiled?: CompiledCode): Carrier {
  const fds = order.listening?.fds ?? [order.client?.fd ?? ('ignore' as const)];
  const program = compiled
    ? [fileURLToPath(COMPILED_ENTRY), String(INHERITED_FD + fds.length), ...(compiled.compile ?? [])]
    : [fileURLToPath(ENTRY)];
  const inherited = [...fds, ...(compiled ? [compiled.fd] : [])];
  const child = spawn(process.execPath, [...process.execArgv.filter((flag) => HANDED_ON.test(flag)), ...program], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc', ...inherited],
  });
  // The child has got its own; with this one open, the client would not see the end when the child closes it.
  if (order.client) closeDescriptor(order.client.fd);
  // A process that cannot be made for want of descriptors has no output either.
  const output = child.stderr ? new ChildOutput(child.stderr) : undefined;
  const ended = new Promise<string | undefined>((resolve) => {
    // When the process cannot be made at all, there is no exit.
    child.on('error', ({ message }) => child.pid === undefined && resolve(notStarted(message)));
    // Not exit: what it said last may come after.
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : describeEnd(code, signal, output?.held ?? '')),
    );
  });
  return {
    wire: childWire(child),
    place: { process: child.pid ?? 0 },
    order: {
      ...order,
      ...(order.listening && {
        listening: { ...order.listening, fds: order.listening.fds.map((_fd, index) => INHERITED_FD + index) },
      }),
      ...(order.client && { client: { ...order.client, fd: INHERITED_FD } }),
    },
    ended,
    started: () => output?.handOn(),
    kill: () => void child.kill('SIGKILL'),
  };
}

/** Descriptors are the process's, and mean the same there. */
function startThread(order: StartOrder, compiled?: CompiledCode): Carrier {
  const { client } = order;
  const claim = newClaim();
  const worker = new Worker(compiled ? COMPILED_ENTRY : ENTRY, {
    workerData: { ...order, compiled, ...(client && { client: { ...client, claim } }) },
    // Options of the program that embeds this one, such as --input-type, are none of the thread's.
    execArgv: [],
  });
  let failure: string | undefined;
  worker.once('error', (error) => {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  });
  const ended = new Promise<string | undefined>((resolve) => {
    worker.once('exit', (code) => {
      if (client) closeUnlessTaken(client.fd, claim);
      resolve(failure ?? (code === 0 ? undefined : describeEnd(code, null, '')));
    });
  });
  return {
    wire: workerWire(worker),
    place: { process: process.pid, thread: worker.threadId },
    order,
    ended,
    started: () => {},
    kill: () => void worker.terminate(),
  };
}

const START = { process: startProcess, thread: startThread };

function notCarried(order: StartOrder, reason: string): Carrier {
  return {
    wire: deadWire(),
    place: { process: process.pid },
    order,
    ended: Promise.resolve(reason),
    started: () => {},
    kill: () => {},
  };
}

function notStarted(message: string): string {
  return `could not be started: ${message}`;
}

function describeEnd(code: number | null, signal: string | null, said: string): string {
  const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
  return said === '' ? how : `${how}: ${said}`;
}
