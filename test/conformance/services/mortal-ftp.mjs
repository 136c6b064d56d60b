// The FTP service, in threads that can be ended from outside: what SIGKILL is to a process, without the thread's consent.
// The channel reaches all threads of the process.
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

export async function createService({ module, options }, host) {
  endWhenTold(({ thread }) => thread === threadId);
  return (await import(module)).createService(options, host);
}

export async function createRequestWorker({ module, options }) {
  const worker = await (await import(module)).createRequestWorker(options);
  let running = 0;
  endWhenTold(({ thread }) => thread === 'running' && running > 0);
  return {
    run: async (request, port) => {
      running += 1;
      await worker.run(request, port).finally(() => {
        running -= 1;
      });
    },
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  };
}

function endWhenTold(concerns) {
  if (isMainThread) return;
  const channel = new BroadcastChannel('end of a thread');
  channel.onmessage = ({ data }) => {
    if (concerns(data)) process.exit(9);
  };
  channel.unref();
}
