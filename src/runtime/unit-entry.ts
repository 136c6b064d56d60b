/** The program of every child process and of every thread that serves clients. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { declareSystemCalls } from '../posix/libc.ts';
import { dieWithParent } from '../posix/parent-death.ts';
import type { StartOrder } from './messages.ts';
import { UnitHost } from './unit-host.ts';
import { parentWire, portWire } from './wire.ts';

let becomeReady!: () => void;
/** Fulfilled when the unit would serve a client. */
export const ready = new Promise<void>((resolve) => {
  becomeReady = resolve;
});

if (isMainThread) beChildProcess();
else beThread();

function beThread(): void {
  // Soon, lest the thread is ended in the middle of it; and after its client has been greeted, who must not wait for it.
  const told = () => {
    setImmediate(declareSystemCalls);
    becomeReady();
  };
  void new UnitHost(portWire(parentPort!), { ready: told }).start(workerData as StartOrder);
}

function beChildProcess(): void {
  const wire = parentWire();
  // The library is loaded only after the client has been greeted, who must not wait for it.
  const told = () => {
    setImmediate(dieWithParentIfPossible);
    becomeReady();
  };
  const unit = new UnitHost(wire, { ready: told });
  // A Ctrl-C goes to all processes of the terminal. What it means is the parent's to say.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  // `kill PID` on one child: it takes its leave, and the parent starts another one.
  process.on('SIGTERM', () => unit.drain());
  // The parent has gone, and with it the scoreboard: nothing that still runs here could be counted.
  wire.onClose(() => process.exit(1));
}

/** For a process that is too busy to notice that its channel has been closed. */
function dieWithParentIfPossible(): void {
  try {
    dieWithParent();
  } catch {
    // Without the C library, the closed channel has to do.
  }
}
