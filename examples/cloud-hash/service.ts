/**
 * The service: what every architecture is told to run. It says nothing about processes and threads, and so cannot know how
 * many of it there are.
 */
import { once } from 'node:events';
import { MessageChannel, threadId } from 'node:worker_threads';
import type { JsonValue, RequestPool, RequestWorker, Service, ServiceHost } from '../../src/index.ts';
import { Conversation } from './conversation.ts';
import { type FramingName, framings } from './framings.ts';
import { answerRequest, type Hash, type Place } from './requests.ts';

/** Options of the service, complete and right: cloudHashSpec() makes them. */
export interface CloudHashOptions {
  readonly framing: FramingName;
  /** Of one request; a longer one ends the connection. */
  readonly requestLimitBytes: number;
  /** How long a client may be silent, and how long it may leave an answer unread. */
  readonly idleTimeoutMs: number;
}

/**
 * The shared hash. Shared by whom? By everybody who has loaded this very module: all clients of one event loop. Another
 * process has loaded its own, and so has another thread, since each thread is a V8 isolate with modules of its own.
 */
const hash: Hash = new Map();

const here: Place = { process: process.pid, thread: threadId };

const answerHere = (request: string) => answerRequest(request, hash, here);

export async function createService(options: JsonValue, { requests }: ServiceHost): Promise<Service> {
  const { framing, ...limits } = options as unknown as CloudHashOptions;
  const answer = requests?.which === 'all' ? answerIn(requests) : answerHere;
  const conversations = new Set<Conversation>();
  let draining = false;
  return {
    async serve({ stream }) {
      const conversation = new Conversation(stream, { ...limits, framing: framings[framing], answer });
      if (draining) return conversation.refuse('the server is shutting down');
      conversations.add(conversation);
      await conversation.serve();
      conversations.delete(conversation);
    },
    drain() {
      draining = true;
      for (const conversation of conversations) conversation.drain();
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** Runs single requests in a thread of a pool, with the hash of that thread. */
export async function createRequestWorker(): Promise<RequestWorker> {
  return {
    async run(request, port) {
      port.postMessage(answerHere(request as string));
      port.close();
    },
    async [Symbol.asyncDispose]() {},
  };
}

function answerIn(requests: RequestPool): (request: string) => Promise<string> {
  return async (request) => {
    const { port1: answers, port2: theirs } = new MessageChannel();
    try {
      const [[answer]] = await Promise.all([once(answers, 'message'), requests.run(request, theirs)]);
      return answer as string;
    } catch {
      return 'ERROR the request could not be run; try again';
    } finally {
      answers.close();
    }
  };
}
