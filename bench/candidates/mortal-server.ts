/**
 * A server one of whose units dies at SIGUSR2, to see what that costs: node mortal-server.js ARCHITECTURE ADDRESS PORT ROOT
 *
 * Who dies is who serves a client at that moment: a process, a thread, or a thread that runs a request for the event loop;
 * and the whole server where its main thread serves.
 */
import { architectures } from '../../architectures/index.ts';
import { ftpServiceSpec, type JsonValue, type RunningServer } from '../../src/index.ts';
import { endThread } from './mortal-ftp.ts';

const [, , name, host, port, root] = process.argv;
const runner = architectures.find((each) => each.name === name)!;
const ftp = ftpServiceSpec({
  root: root!,
  anonymous: 'writable',
  log: { level: 'silent' },
});
// Before it runs: some architectures serve before they say so.
process.on('SIGUSR2', async () => endOneUnit(await running));
const running = runner.run({
  service: {
    ...ftp,
    module: new URL('./mortal-ftp.js', import.meta.url).href,
    options: { module: ftp.module, options: ftp.options } as JsonValue,
  },
  listen: { host: host!, port: Number(port) },
});

await running;

async function endOneUnit(server: RunningServer): Promise<void> {
  // A pool that runs each request stands between the event loop and the client: a request is what can take a thread along.
  if (name === 'hybrid-puma') return endThread('running');
  const place = (await server.who())[0]?.place ?? { process: process.pid };
  if (place.process === process.pid && place.thread !== undefined) endThread(place.thread);
  else process.kill(place.process, 'SIGKILL');
}
