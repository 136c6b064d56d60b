import type { Runner, RunOptions } from '../../src/runtime/runner.ts';
import type { JsonValue } from '../../src/runtime/service.ts';

/** An architecture that serves nobody, remembers what it was asked for, and closes when the test lets it. */
export class FakeRunner implements Runner {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary = 'nobody is served';
  readonly pattern = 'None (chapter 0)';
  readonly traits = { accepts: 'nobody', serves: 'nobody', atATime: '0', whenBusy: 'never', aCrashTakes: 'nothing' };
  readonly confinable?: true;
  readonly runs: RunOptions[] = [];
  readonly reconfigured: JsonValue[] = [];
  readonly graces: (number | undefined)[] = [];
  /** Thrown by run, when set. */
  startError: Error | undefined;
  /** Fulfils the promises of close. */
  readonly closed = withResolver();
  readonly started = withResolver();

  constructor(name: string, aliases: readonly string[] = [], { confinable }: Pick<Runner, 'confinable'> = {}) {
    this.name = name;
    this.aliases = aliases;
    if (confinable) this.confinable = confinable;
  }

  async run(options: RunOptions) {
    if (this.startError) throw this.startError;
    this.runs.push(options);
    // The command line goes on first: whoever waits for the start finds it waiting for signals.
    setImmediate(this.started.resolve);
    const close = (how?: { readonly graceMs?: number }) => {
      this.graces.push(how?.graceMs);
      return this.closed.promise;
    };
    const addresses = [options.listen, ...(options.alsoListen ?? [])].map(({ host, port }, index) => ({
      address: host,
      port: port || 40_021 + index,
    }));
    return {
      address: addresses[0]!,
      addresses,
      reconfigure: (next: JsonValue) => void this.reconfigured.push(next),
      stats: () => ({ connected: 2, served: 7 }),
      who: async () => [],
      kick: async () => false,
      close,
      [Symbol.asyncDispose]: () => close(),
    };
  }
}

function withResolver() {
  let resolve!: () => void;
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}
