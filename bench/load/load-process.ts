/** The process of the load clients: the far side of load.ts. */
import type { Driver } from './driver.ts';
import { makeDriver } from './drivers.ts';
import type { FromLoad, ToLoad } from './messages.ts';

let driver: Driver | undefined;

function say(message: FromLoad): void {
  process.send!(message);
}

function fail(error: unknown): void {
  say({ is: 'failed', why: error instanceof Error ? error.message : String(error) });
}

const acts: { readonly [Name in ToLoad['do']]: (message: Extract<ToLoad, { readonly do: Name }>) => Promise<void> } = {
  async make({ plan }) {
    driver?.close();
    driver = await makeDriver(plan);
    say({ is: 'made' });
  },
  async prepare() {
    await driver!.prepare();
    say({ is: 'prepared' });
  },
  async run() {
    say({ is: 'done', result: await driver!.run(() => say({ is: 'measuring' })) });
  },
  async stop() {
    driver!.stop();
  },
  async leave() {
    driver?.close();
    driver = undefined;
    say({ is: 'left' });
  },
};

process.on('message', (message: ToLoad) => {
  acts[message.do](message as never).catch(fail);
});
process.on('uncaughtException', (error) => {
  process.stderr.write(`load clients: ${error.stack}\n`);
  fail(error);
});
// Nobody is left who would want to know.
process.on('disconnect', () => process.exit());
say({ is: 'ready' });
