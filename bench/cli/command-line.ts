import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { RecordFileError } from '../record/record-file.ts';
import { StageError } from '../run/stage.ts';
import { workloads } from '../workloads/registry.ts';
import { architectureNames, usualPeerNames } from './choice.ts';
import { compareCommand } from './compare-command.ts';
import { UsageError } from './names.ts';
import { reportCommand } from './report-command.ts';
import { type RunFlags, runCommand } from './run-command.ts';

/** EX_USAGE is not what a shell expects of Node programs: 2 is. */
const USAGE = 2;
const FAILED = 1;

const EXAMPLES = `
Examples:
  npm run bench                                       all nine, the core workloads, in some minutes
  npm run bench -- --full --peers                     everything, beside other servers: an hour
  npm run bench -- --architectures reactor,prefork --workloads short-sessions --duration 5
  npm run bench -- compare before.json after.json     what has become faster or slower
  npm run bench -- report bench/results/x.json        the report of a file again
`;

/** @returns the exit code: 0, 1 when it went wrong, 2 for a wrong command line, 130 after Ctrl-C. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = describe(async (run) => {
    exitCode = await run();
  });
  try {
    await program.parseAsync([...argv]);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    if (error instanceof UsageError) return complain(error, USAGE);
    if (error instanceof StageError || error instanceof RecordFileError) return complain(error, FAILED);
    throw error;
  }
}

type Carry = (run: () => Promise<number>) => Promise<void>;

function describe(carryOut: Carry): Command {
  const program = new Command('npm run bench --')
    .description('Compares the nine architectures, and other servers, and leaves a report that explains itself.')
    .exitOverride()
    // What comes behind a subcommand is its own: both have --output.
    .enablePositionalOptions()
    .showHelpAfterError('(--help tells all options)')
    .addHelpText('after', EXAMPLES);
  program
    .option('--full', 'all workloads, with more time and more repetitions for each')
    .option('--architectures <names>', `some of ${architectureNames.join(', ')}`, list)
    .option('--workloads <names>', `some of ${workloads.map(({ name }) => name).join(', ')}`, list)
    .option(
      '--peers [names]',
      `other servers as well: those that are found, or some of ${usualPeerNames.join(', ')}`,
      list,
    )
    .option('--duration <seconds>', 'how long each run measures that does not end by itself', positive)
    .option('--connections <number>', 'clients at a time, where their number can be chosen', whole)
    .option('--repetitions <number>', 'runs of each', whole)
    .option('--output <folder>', 'where report and results go (default: bench/report and bench/results)')
    .option('--files <folder>', 'where the files that are transferred are (default: memory, where there is some)')
    .addOption(new Option('--list', 'tell the workloads and their questions, and measure nothing'))
    .action((flags: RunFlags) => carryOut(() => runCommand(flags, process.argv.slice(2))));
  program
    .command('compare <before> <after>')
    .description('what has become faster or slower between two files of results')
    .action((before: string, after: string) => carryOut(() => compareCommand(before, after)));
  program
    .command('report <results>')
    .description('makes the report of a file of results')
    .option('--output <folder>', 'where it goes (default: bench/report)')
    .action((results: string, flags: { output?: string }) => carryOut(() => reportCommand(results, flags.output)));
  return program;
}

function complain({ message }: Error, exitCode: number): number {
  process.stderr.write(`bench: ${message}\n`);
  return exitCode;
}

function list(value: string): string[] {
  return value.split(',').filter(Boolean);
}

function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number <= 3600)) throw new InvalidArgumentError('It takes seconds: more than 0, up to 3600.');
  return number;
}

function whole(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1 || number > 100_000) {
    throw new InvalidArgumentError('It takes a whole number from 1 to 100000.');
  }
  return number;
}
