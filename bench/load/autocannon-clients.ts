/** Requests over HTTP/1.1: autocannon sends them, and what they took is counted as for the other clients. */
import type { EventEmitter } from 'node:events';
import autocannon from 'autocannon';
import { wait } from './clock.ts';
import type { Driver } from './driver.ts';
import { kindOf } from './operation-error.ts';
import type { HttpPlan, LoadResult } from './plan.ts';
import { Recorder } from './recorder.ts';

const PATIENCE_SECONDS = 10;
/** Its own end is not what ends a measurement. */
const FOREVER_SECONDS = 1e6;
/** How often it looks whether it is to stop. */
const LOOK_MS = 100;
const OK = 200;

/** What its parser says of the head of an answer. */
interface Head {
  readonly statusCode: number;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

export function autocannonClients(plan: HttpPlan): Driver {
  return new HttpClients(plan);
}

class HttpClients implements Driver {
  readonly #plan: HttpPlan;
  readonly #recorder = new Recorder();
  #instance: autocannon.Instance | undefined;
  readonly #over = new AbortController();

  constructor(plan: HttpPlan) {
    this.#plan = plan;
  }

  /** It connects and asks at once; there is nothing to prepare. */
  async prepare(): Promise<void> {}

  async run(measuring: () => void): Promise<LoadResult> {
    const { url, clients, keepAlive, warmUpSeconds, seconds } = this.#plan;
    const ended = new Promise<void>((resolve) => {
      const options: autocannon.Options = {
        url,
        connections: clients,
        duration: FOREVER_SECONDS,
        timeout: PATIENCE_SECONDS,
        sampleInt: LOOK_MS,
        // It closes a connection itself after so many requests; of a server that closes it makes two requests.
        ...(!keepAlive && { reconnectRate: 1 }),
        setupClient: (client) => this.#follow(client as unknown as EventEmitter),
      };
      this.#instance = autocannon(options, () => resolve());
    });
    await wait(warmUpSeconds, this.#over.signal);
    this.#recorder.start();
    measuring();
    await wait(seconds, this.#over.signal);
    this.#recorder.end();
    this.#stopAsking();
    await ended;
    return this.#recorder.result(0);
  }

  stop(): void {
    this.#over.abort();
  }

  close(): void {
    this.#stopAsking();
  }

  /**
   * The next request of a client begins when the last one has its answer, all of it: that is so with a new connection for each
   * as well, where autocannon tells of no answers.
   */
  #follow(client: EventEmitter): void {
    let began = 0;
    let octets: number | undefined;
    client.on('request', () => {
      if (octets !== undefined) {
        this.#recorder.operation(began);
        this.#recorder.octets(octets);
      }
      began = performance.now();
      octets = undefined;
    });
    // The parser waits for as many octets as the head announces, so that their number is the length of the body.
    client.on('headers', ({ statusCode, headers }: Head) => {
      const name = headers.findIndex((each, index) => index % 2 === 0 && each.toLowerCase() === 'content-length');
      const length = name === -1 ? undefined : Number(headers[name + 1]);
      if (statusCode !== OK) this.#recorder.error(`unexpected answer: ${statusCode}`);
      else if (length !== this.#plan.octets)
        this.#recorder.wrong(`a body of ${length} instead of ${this.#plan.octets} octets`);
      else octets = length;
    });
    const fail = (kind: string) => {
      octets = undefined;
      this.#recorder.error(kind);
    };
    client.on('connError', (error) => fail(kindOf(error)));
    client.on('timeout', () => fail('no answer in time'));
  }

  #stopAsking(): void {
    this.#instance?.stop?.();
  }
}
