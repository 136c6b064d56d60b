#!/usr/bin/env node
import { architectures } from '../../architectures/index.ts';
import { framingName, parseFlags, runCommand, UsageError, wholeNumber } from './flags.ts';
import { PageServer } from './page-server.ts';
import { cloudHashSpec } from './spec.ts';

const NAMES = architectures.map(({ name }) => name);

const HELP = `Usage: node dist/examples/cloud-hash/main.js [options]

A key-value server over TCP, under any architecture of ohai-ftpd.

  --architecture <name>  ${NAMES.slice(0, 4).join(', ')},
                         ${NAMES.slice(4, 7).join(', ')},
                         ${NAMES.slice(7).join(', ')} (default: reactor)
  --framing <name>       how messages are told apart: eof, newline or length (default: newline)
  --host <address>       to listen on (default: 127.0.0.1)
  --port <number>        to listen on; 0: any free one (default: 4481)
  --workers <number>     processes or threads, where their number is fixed
  --page-port <number>   serve a page as well, on 127.0.0.1, that shows what happens to the hash; 0: any free port
  --help

Requests: SET key value, GET key, WHERE, WHERE request
`;

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

await runCommand(async (argv) => {
  const { values: flags } = parseFlags({
    args: argv,
    options: {
      architecture: { type: 'string', default: 'reactor' },
      framing: { type: 'string', default: 'newline' },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '4481' },
      workers: { type: 'string' },
      'page-port': { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (flags.help) return void process.stdout.write(HELP);
  const runner = architectures.find(({ name, aliases = [] }) => [name, ...aliases].includes(flags.architecture));
  if (!runner) throw new UsageError(`--architecture is one of ${NAMES.join(', ')}`);
  const framing = framingName(flags.framing);
  const port = wholeNumber('port', flags.port, 0, 65_535);
  const workers = flags.workers === undefined ? {} : { workers: wholeNumber('workers', flags.workers, 1, 1_024) };
  const pagePort =
    flags['page-port'] === undefined ? undefined : wholeNumber('page-port', flags['page-port'], 0, 65_535);

  await using server = await runner.run({
    service: cloudHashSpec({ framing }),
    listen: { host: flags.host, port },
    ...workers,
    onError: ({ message }) => process.stderr.write(`cloud-hash: ${message}\n`),
  });
  await using page = pagePort === undefined ? undefined : await PageServer.start(architectures, pagePort);
  const stopped = stopSignal();
  const { address, port: bound } = server.address;
  process.stdout.write(`cloud-hash under ${runner.name}, framed by ${framing}, listens on ${address} port ${bound}\n`);
  if (page) process.stdout.write(`what happens to its hash: ${page.url}\n`);
  await stopped;
});

/** Fulfilled with the first signal that asks to stop. The next one ends the process, as if nobody listened. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const name of STOP_SIGNALS) process.off(name, stop);
      resolve();
    };
    for (const name of STOP_SIGNALS) process.on(name, stop);
  });
}
