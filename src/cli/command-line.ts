import { Command, CommanderError } from 'commander';
import type { Runner } from '../runtime/runner.ts';
import { OptionsError } from '../services/ftp-options.ts';
import { printable } from '../services/printable.ts';
import { SOFTWARE } from '../services/software.ts';
import { architecturesCommand } from './architectures-command.ts';
import { suggestion } from './closest-word.ts';
import { describeFailure, UsageError } from './failure.ts';
import type { HostProcess } from './host-process.ts';
import { passwdCommand } from './passwd-command.ts';
import { serveCommand } from './serve-command.ts';

const EXAMPLES = `
Without a command, ohai-ftpd serves the current folder on 127.0.0.1:2121.

Examples:
  ohai-ftpd serve --root /srv/ftp --architecture serial
  ohai-ftpd serve --help
  ohai-ftpd passwd ../accounts.txt alice
`;

const DEFAULT_COMMAND = 'serve';

export interface CommandLine {
  /** The ways to serve that `--architecture` chooses from. */
  readonly architectures: readonly Runner[];
  /** As process.argv: the words of the command line begin with the third. */
  readonly argv: readonly string[];
  /** Where to read, write and wait for signals (default: this process). */
  readonly host?: HostProcess;
}

/**
 * Does what a command line asks for; `serve` ends when a signal stops it. Errors are told on standard error, in one line.
 * @returns the exit code: 0, 1 when it could not be done, 2 when the command line is wrong.
 */
export async function runCommandLine({ architectures, argv, host = process }: CommandLine): Promise<number> {
  // A reader that goes away, as `head` does, must not take the server with it.
  for (const stream of [host.stdout, host.stderr]) stream.on('error', ignoreLostReader);

  const words = argv.slice(2);
  const commands = [serveCommand(host, architectures), passwdCommand(host), architecturesCommand(host, architectures)];
  const names = commands.map((command) => command.name());
  try {
    refuseUnknownCommand(words[0], [...names, 'help']);
    if (words[0] === 'help') refuseUnknownCommand(words[1], names);
    await program(host, commands).parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const usage = usageProblem(error);
    if (usage === undefined) {
      host.stderr.write(`${SOFTWARE.name}: ${describeFailure(error)}\n`);
      return 1;
    }
    const command = names.find((name) => name === words[0]) ?? DEFAULT_COMMAND;
    host.stderr.write(`${SOFTWARE.name}: ${printable(usage)}; see ${SOFTWARE.name} ${command} --help\n`);
    return 2;
  }
}

function program(host: HostProcess, commands: readonly Command[]): Command {
  const root = new Command(SOFTWARE.name)
    .description('An FTP server with a choice of architectures.')
    .version(SOFTWARE.version, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .addHelpText('after', EXAMPLES);
  for (const command of commands) {
    root.addCommand(command.helpOption('--help', 'print this help'), { isDefault: command.name() === DEFAULT_COMMAND });
  }
  for (const command of [root, ...commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      // The error that is thrown says the same.
      writeErr: () => {},
      getOutHelpWidth: () => 110,
    });
  }
  return root;
}

/** Commander would take an unknown word for an argument of the default command, and help about it for a silent failure. */
function refuseUnknownCommand(word: string | undefined, known: readonly string[]): void {
  if (word === undefined || word.startsWith('-') || known.includes(word)) return;
  throw new UsageError(`unknown command '${word}'${suggestion(word, known)}`);
}

/** @returns what is wrong with the command line; undefined when it is something else that went wrong. */
function usageProblem(error: unknown): string | undefined {
  if (error instanceof UsageError || error instanceof OptionsError) return error.message;
  if (!(error instanceof CommanderError)) return undefined;
  // `error: unknown option '--prot'`, and on the next line `(Did you mean --port?)`.
  return error.message
    .replace(/^error: /, '')
    .replace(/\n\(D/, ' (d')
    .replace(/\.$/, '');
}

function ignoreLostReader(error: NodeJS.ErrnoException): void {
  // EIO: a terminal that was closed.
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
}
