// A service of a few words, one to a line, that shows where it runs and can be asked to go wrong. It knows as much of
// runners as any other service: nothing.
//
//   echo TEXT   answers TEXT              throw    throws where nobody catches it
//   exit        ends its process/thread   block    says so, and keeps its thread busy for ever
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { MessageChannel, threadId } from 'node:worker_threads';

const FAULTS = {
  throw: () =>
    setImmediate(() => {
      throw new Error('thrown in a session');
    }),
  exit: () => process.exit(7),
  block: () => {
    for (;;);
  },
};

/**
 * @param options.load `throws` or `exits`: what becomes of the unit before it is ready. @param options.livesMs how long it
 *   lives when it is ready. @param options.starts file that gets a line whenever a unit starts.
 */
export async function createService(options, host) {
  // Then the units are the threads of the requests.
  if (!host.requests) beUnit(options);
  return new Words(host.requests);
}

/** For runners that have requests run in threads of their own. */
export async function createRequestWorker(options) {
  beUnit(options);
  return {
    run: async (line, port) => {
      await answer(line, (said) => port.postMessage(said));
      port.close();
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function beUnit({ load, livesMs, starts }) {
  if (starts !== undefined) appendFileSync(starts, `${process.pid} ${threadId}\n`);
  if (load === 'throws') throw new Error('cannot be made here');
  if (load === 'exits') process.exit(3);
  if (livesMs !== undefined) setTimeout(() => process.exit(7), livesMs);
}

class Words {
  #requests;
  #streams = new Set();

  constructor(requests) {
    this.#requests = requests;
  }

  async serve({ stream }) {
    this.#streams.add(stream);
    stream.on('error', () => {});
    const say = (text) => stream.write(`${text}\n`);
    say(`hello ${process.pid} ${threadId}`);
    try {
      const lines = createInterface({ input: stream });
      stream.once('close', () => lines.close());
      for await (const line of lines) await this.#do(line, say);
    } catch {
      // The client has reset.
    }
    stream.end();
    this.#streams.delete(stream);
  }

  drain() {
    for (const stream of this.#streams) stream.end('bye\n', () => stream.destroy());
  }

  async [Symbol.asyncDispose]() {}

  async #do(line, say) {
    if (!this.#goesToAThread(line)) return answer(line, say);
    const { port1, port2 } = new MessageChannel();
    const closed = new Promise((resolve) => port1.once('close', resolve));
    port1.on('message', say);
    try {
      await this.#requests.run(line, port2);
      await closed;
    } catch (error) {
      port1.close();
      say(`failed: ${error.message}`);
    }
  }

  #goesToAThread(line) {
    return this.#requests?.which === 'all' || (this.#requests?.which === 'heavy' && line in FAULTS);
  }
}

async function answer(line, say) {
  if (line.startsWith('echo ')) say(line.slice('echo '.length));
  else if (line in FAULTS) {
    if (line === 'block') say('blocked');
    FAULTS[line]();
    await new Promise(() => {});
  }
}
