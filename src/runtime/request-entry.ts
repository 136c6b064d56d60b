/** The program of every thread of a pool that runs single requests. The pool calls the default export, one at a time. */
import { setTimeout as delay } from 'node:timers/promises';
import { type MessagePort, parentPort, threadId, workerData } from 'node:worker_threads';
import { declareSystemCalls } from '../posix/libc.ts';
import type { RequestThreadData } from './request-threads.ts';
import { loadModule, type RequestWorker, type ServiceSpec } from './service.ts';
import type { ThreadMessage } from './threads.ts';

interface Task {
  readonly request: unknown;
  readonly port: MessagePort;
}

// Before it is ready: nobody ends it in the middle of that.
declareSystemCalls();
say({ thread: 'hello', id: threadId });

const { service, pauseMs } = workerData as RequestThreadData;
const load = () => loadWorker(service);
const pause = delay(Atomics.load(pauseMs, 0));
let worker = pause.then(load);
worker.then(
  () => say({ thread: 'ready' }),
  ({ message }: Error) => say({ thread: 'failed', reason: message }),
);

/** A promise, which the pool waits for: others get the requests while this thread has to wait. */
export default pause.then(() => async ({ request, port }: Task): Promise<void> => {
  // What was in the way may have passed: for a moment there were no descriptors left, or no directory.
  worker = worker.catch(load);
  await (await worker).run(request, port);
});

async function loadWorker({ module, options }: ServiceSpec): Promise<RequestWorker> {
  const { createRequestWorker } = await loadModule(module);
  if (!createRequestWorker) throw new Error('this service cannot run its requests in threads of their own');
  return createRequestWorker(options);
}

function say(message: ThreadMessage): void {
  parentPort!.postMessage(message);
}
