import { ServerProcess, type ServerProcessOptions } from '../promises/server-process.ts';

/** Servers that run beside each other, so that they can be measured in turn; all end together. */
export class Servers implements AsyncDisposable {
  readonly #servers: ServerProcess[] = [];

  /** Fulfilled when it serves. */
  async start(options: ServerProcessOptions): Promise<ServerProcess> {
    const server = await ServerProcess.start(options);
    this.#servers.push(server);
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server[Symbol.asyncDispose]()));
  }
}
