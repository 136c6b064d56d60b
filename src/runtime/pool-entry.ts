/** The program of every thread of a pool that serves clients. The pool calls the default export, one client at a time. */
import { MessageChannel, parentPort, threadId } from 'node:worker_threads';
import { declareSystemCalls } from '../posix/libc.ts';
import type { HandedClient } from './messages.ts';
import type { ThreadMessage } from './threads.ts';
import { UnitHost } from './unit-host.ts';
import { portWire } from './wire.ts';

let isReady!: () => void;
const ready = new Promise<void>((resolve) => {
  isReady = resolve;
});
// Before it is ready: nobody ends it in the middle of that.
declareSystemCalls();

const { port1, port2 } = new MessageChannel();
const unit = new UnitHost(portWire(port1), {
  ready: () => {
    say({ thread: 'ready' });
    isReady();
  },
  failed: (reason) => say({ thread: 'failed', reason }),
});
parentPort!.postMessage({ thread: 'hello', id: threadId, line: port2 } satisfies ThreadMessage, [port2]);

/** A promise, which the pool waits for: no client is given to a thread that could not serve it yet. */
export default ready.then(() => (client: HandedClient) => unit.serve(client));

function say(message: ThreadMessage): void {
  parentPort!.postMessage(message);
}
