#!/usr/bin/env node
import { CloudHashClient } from './client.ts';
import { framingName, parseFlags, runCommand, UsageError, wholeNumber } from './flags.ts';

const HELP = `Usage: node dist/examples/cloud-hash/client-main.js [options] set <key> <value>
       node dist/examples/cloud-hash/client-main.js [options] get <key>
       node dist/examples/cloud-hash/client-main.js [options] where

  set    stores a value
  get    prints a value; exit code 1 when there is none
  where  prints which process and thread has answered, and how many keys its hash has

  --framing <name>  eof, newline or length, as the server has it (default: newline)
  --host <address>  (default: 127.0.0.1)
  --port <number>   (default: 4481)
  --help
`;

interface Command {
  readonly arguments: number;
  run(client: CloudHashClient, first: string, second: string): Promise<string>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  set: {
    arguments: 2,
    async run(client, key, value) {
      await client.set(key, value);
      return 'stored';
    },
  },
  get: {
    arguments: 1,
    async run(client, key) {
      const value = await client.get(key);
      if (value === undefined) throw new Error(`there is no ${key} where this was asked`);
      return value;
    },
  },
  where: {
    arguments: 0,
    async run(client) {
      const { place, keys } = await client.where();
      return `process ${place.process}, thread ${place.thread}, keys: ${keys}`;
    },
  },
};

await runCommand(async (argv) => {
  const { values: flags, positionals } = parseFlags({
    args: argv,
    allowPositionals: true,
    options: {
      framing: { type: 'string', default: 'newline' },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '4481' },
      help: { type: 'boolean' },
    },
  });
  if (flags.help) return void process.stdout.write(HELP);
  const [name = '', ...given] = positionals;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name]! : undefined;
  if (!command) throw new UsageError(`there are ${Object.keys(COMMANDS).join(', ')}`);
  if (given.length !== command.arguments) throw new UsageError(`${name} takes ${command.arguments} arguments`);
  const framing = framingName(flags.framing);
  const port = wholeNumber('port', flags.port, 1, 65_535);
  using client = new CloudHashClient({ host: flags.host, port, framing });
  process.stdout.write(`${await command.run(client, given[0] ?? '', given[1] ?? '')}\n`);
});
