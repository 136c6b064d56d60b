/** The program of every thread of a pool that runs single requests. The pool calls the default export, one at a time. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { declareSystemCalls } from '../posix/libc.ts';
import type { RequestWorker, ServiceModule, ServiceSpec } from './service.ts';
import type { ThreadMessage } from './threads.ts';

interface Task {
  readonly request: unknown;
  readonly port: MessagePort;
}

// Before it is ready: nobody ends it in the middle of that.
declareSystemCalls();

const worker = load(workerData as ServiceSpec);
worker.then(
  () => say({ thread: 'ready' }),
  ({ message }: Error) => say({ thread: 'failed', reason: message }),
);

export default async ({ request, port }: Task): Promise<void> => {
  await (await worker).run(request, port);
};

async function load({ module, options }: ServiceSpec): Promise<RequestWorker> {
  const { createRequestWorker } = (await import(module)) as ServiceModule;
  if (!createRequestWorker) throw new Error('this service cannot run its requests in threads of their own');
  return createRequestWorker(options);
}

function say(message: ThreadMessage): void {
  parentPort!.postMessage(message);
}
