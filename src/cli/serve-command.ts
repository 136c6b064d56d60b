import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Runner, RunOptions } from '../runtime/runner.ts';
import type { FtpServiceOptions } from '../services/ftp-options.ts';
import { ftpServiceSpec } from '../services/ftp-spec.ts';
import { createLog } from '../services/log.ts';
import { checkRoot, SystemRootError } from '../services/root-directory.ts';
import { suggestion } from './closest-word.ts';
import { Failure, UsageError } from './failure.ts';
import type { HostProcess } from './host-process.ts';
import { explainListenError } from './listen-failure.ts';
import { decideAccounts, type ServeAccounts } from './serve-accounts.ts';
import { type ServeFlags, serveOptions } from './serve-flags.ts';
import { startMessage } from './start-message.ts';
import { serveUntilStopped } from './until-stopped.ts';

/** `serve`: starts a server and runs it until a signal ends it. */
export function serveCommand(host: HostProcess, architectures: readonly Runner[]): Command {
  return serveOptions(architectures).action((flags: ServeFlags) => serve(host, architectures, flags));
}

async function serve(host: HostProcess, architectures: readonly Runner[], flags: ServeFlags): Promise<void> {
  const runner = findRunner(architectures, flags.architecture);
  const root = await servedRoot(flags);
  const accounts = await decideAccounts(flags, root);
  const service = ftpServiceSpec(serviceOptions(flags, { root, architecture: runner.name, accounts }));
  const log = createLog({
    level: flags.logLevel,
    format: flags.logFormat,
    write: (line) => host.stderr.write(line),
  });

  const server = await start(runner, {
    service,
    listen: { host: flags.host, port: flags.port },
    onError: ({ message }) => log.error('server trouble', { reason: message }),
  });
  // Signals first: who reads the message may stop the server at once.
  const stopped = serveUntilStopped(server, host, { graceMs: flags.grace, log });
  host.stdout.write(startMessage({ architecture: runner.name, root, address: server.address, ...accounts }));
  await stopped;
}

function findRunner(architectures: readonly Runner[], wanted: string): Runner {
  const runner = architectures.find(({ name, aliases = [] }) => [name, ...aliases].includes(wanted));
  if (runner) return runner;
  const names = architectures.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  throw new UsageError(`unknown architecture '${wanted}'${suggestion(wanted, names)}; there are ${names.join(', ')}`);
}

async function servedRoot({ root, allowSystemRoot }: ServeFlags): Promise<string> {
  try {
    return await checkRoot(resolve(root), { force: allowSystemRoot ?? false });
  } catch (error) {
    if (!(error instanceof SystemRootError)) throw error;
    throw new Failure(`${error.message}; if you mean it, add --allow-system-root`);
  }
}

async function start(runner: Runner, options: RunOptions) {
  try {
    return await runner.run(options);
  } catch (error) {
    throw explainListenError(error, options.listen);
  }
}

function serviceOptions(
  flags: ServeFlags,
  {
    root,
    architecture,
    accounts,
  }: { readonly root: string; readonly architecture: string; readonly accounts: ServeAccounts },
): FtpServiceOptions {
  return {
    root,
    ...accounts.options,
    architecture,
    symlinks: flags.symlinks,
    brokenUploads: flags.brokenUploads,
    fsync: flags.fsync ?? false,
    greeting: flags.greeting,
    passive: { ports: flags.passivePorts, host: flags.passiveHost },
    timeouts: {
      loginMs: flags.loginTimeout,
      idleMs: flags.idleTimeout,
      dataConnectionMs: flags.dataTimeout,
      stallMs: flags.stallTimeout,
    },
    logins: { maxAttempts: flags.loginAttempts },
    asciiConversion: flags.asciiConversion === 'on',
    recursiveListingLimit: flags.recursiveListings,
    log: { level: flags.logLevel, format: flags.logFormat },
  };
}
