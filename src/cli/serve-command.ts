import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Runner, RunningServer, RunOptions } from '../runtime/runner.ts';
import type { ServiceSpec } from '../runtime/service.ts';
import type { FtpServiceOptions } from '../services/ftp-options.ts';
import { ftpServiceSpec } from '../services/ftp-spec.ts';
import { httpServiceSpec } from '../services/http-spec.ts';
import { createLog, type Log } from '../services/log.ts';
import { checkRoot, SystemRootError } from '../services/root-directory.ts';
import { CertificateWatch } from './certificate-watch.ts';
import { suggestion } from './closest-word.ts';
import { Failure, UsageError } from './failure.ts';
import type { HostProcess } from './host-process.ts';
import { stateFolder } from './kept-self-signed.ts';
import { explainListenError } from './listen-failure.ts';
import { prepareRunAs } from './run-as.ts';
import { decideAccounts, type ServeAccounts } from './serve-accounts.ts';
import { type ServeFlags, type ServiceKind, serveOptions } from './serve-flags.ts';
import { CONFINEMENTS, checkSandbox } from './serve-sandbox.ts';
import { decideTls, type ServeTls } from './serve-tls.ts';
import { ServerGroup } from './server-group.ts';
import { startMessage } from './start-message.ts';
import { serveUntilStopped } from './until-stopped.ts';

/** `serve`: starts a server and runs it until a signal ends it. */
export function serveCommand(host: HostProcess, architectures: readonly Runner[]): Command {
  return serveOptions(architectures).action((flags: ServeFlags) => serve(host, architectures, flags));
}

async function serve(host: HostProcess, architectures: readonly Runner[], flags: ServeFlags): Promise<void> {
  const runner = findRunner(architectures, flags.architecture);
  const root = await servedRoot(flags);
  const services = chooseServices(flags);
  if (flags.sandbox) checkSandbox(runner, architectures);
  const accounts = await decideAccounts(flags, root);
  const tls = await decideTls(flags, stateFolder(host.env));
  if (tls && flags.service === 'http') throw new UsageError('TLS is for FTP; with --service http there is none');
  const log = createLog({
    level: flags.logLevel,
    format: flags.logFormat,
    write: (line) => host.stderr.write(line),
  });
  const giveUpRoot = prepareRunAs(flags, root);
  const context = { root, architecture: runner.name, accounts, tls };
  let ftp: RunningServer | undefined;
  using watch = await watchCertificates(tls, log, (renewed) => {
    ftp?.reconfigure(SPECS.ftp(flags, { ...context, tls: renewed }).options);
  });
  const server = await ServerGroup.start(
    services.map(({ kind, port }) => (onListening) => {
      const options: RunOptions = {
        service: SPECS[kind](flags, context),
        listen: { host: flags.host, port },
        ...(kind === 'ftp' && alsoListen(flags)),
        ...capacity(flags),
        ...(onListening && { onListening }),
        ...(flags.sandbox && { confinement: CONFINEMENTS[kind](context) }),
        onError: ({ message }) => log.error('server trouble', { reason: message }),
      };
      return start(runner, options);
    }),
    giveUpRoot,
  );
  ftp = server.of(services.findIndex(({ kind }) => kind === 'ftp'));
  // Signals first: who reads the message may stop the server at once.
  const stopped = serveUntilStopped(server, host, {
    graceMs: flags.grace,
    log,
    ...(watch && !hasTerminal(host) && { reload: () => void watch.reread() }),
  });
  const addresses = {
    ...Object.fromEntries(services.map(({ kind }, index) => [kind, server.addresses[index]!])),
    ...(ftp?.addresses[1] && { ftps: ftp.addresses[1] }),
  };
  const asRoot = host.geteuid?.() === 0;
  host.stdout.write(startMessage({ architecture: runner.name, root, addresses, asRoot, tls, ...accounts }));
  await stopped;
}

function alsoListen({ host, implicitPort }: ServeFlags): Pick<RunOptions, 'alsoListen'> {
  return implicitPort === undefined ? {} : { alsoListen: [{ host, port: implicitPort }] };
}

/** @returns undefined without files that could change. */
async function watchCertificates(
  tls: ServeTls | undefined,
  log: Log,
  renew: (tls: ServeTls) => void,
): Promise<CertificateWatch | undefined> {
  if (!tls || tls.files.length === 0) return undefined;
  return CertificateWatch.start({
    files: tls.files,
    renew: (identities) => renew({ ...tls, options: { ...tls.options, identities } }),
    log,
  });
}

/** There, SIGHUP says that the terminal was closed (signal(7)). */
function hasTerminal({ stdin, stdout }: HostProcess): boolean {
  return stdin.isTTY === true || stdout.isTTY === true;
}

interface SpecContext {
  readonly root: string;
  readonly architecture: string;
  readonly accounts: ServeAccounts;
  readonly tls: ServeTls | undefined;
}

const SPECS: Readonly<Record<ServiceKind, (flags: ServeFlags, context: SpecContext) => ServiceSpec>> = {
  ftp: (flags, context) => ftpServiceSpec(ftpOptions(flags, context)),
  http: ({ symlinks, logLevel: level, logFormat: format }, { root }) =>
    httpServiceSpec({ root, symlinks, log: { level, format } }),
};

const DEFAULT_PORTS: Readonly<Record<ServiceKind, number>> = { ftp: 2121, http: 8080 };

/** The services to be started, the one that was asked for first. */
function chooseServices({ service, port, httpPort, anonymous, passwordFile }: ServeFlags) {
  const first = { kind: service, port: port ?? DEFAULT_PORTS[service] };
  if (httpPort === undefined && service === 'ftp') return [first];
  if (httpPort !== undefined && service === 'http') throw new UsageError('with --service http, its port is --port');
  // Over HTTP nobody logs in: whoever leaves strangers out would be surprised to find them here.
  if (anonymous === false || (passwordFile !== undefined && anonymous !== true)) {
    throw new UsageError('over HTTP everybody may read: add --anonymous, or leave out HTTP');
  }
  return service === 'http' ? [first] : [first, { kind: 'http' as const, port: httpPort! }];
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
    throw explainListenError(error, [options.listen, ...(options.alsoListen ?? [])]);
  }
}

/** Wrong passwords count for so long. */
const BAN_WINDOW_MS = 600_000;
const LONGEST_BAN_MS = 86_400_000;

/** How many clients, processes and threads; the runtime's part of the options. */
function capacity(flags: ServeFlags): Pick<RunOptions, 'workers' | 'queue' | 'maxConnections' | 'limits'> {
  const { workers, queue, maxConnections, maxPerAddress, maxPerUser, banAfter, banTime } = flags;
  const bans = {
    failures: banAfter,
    withinMs: BAN_WINDOW_MS,
    firstMs: banTime,
    longestMs: Math.max(banTime, LONGEST_BAN_MS),
  };
  return {
    ...(workers !== undefined && { workers }),
    ...(queue !== undefined && { queue }),
    // Where each client has a process or thread of its own, no more are started; elsewhere, no more are let in.
    ...(maxConnections !== undefined && { maxConnections }),
    limits: {
      ...(maxConnections !== undefined && { connections: maxConnections }),
      ...(maxPerAddress !== undefined && { perAddress: maxPerAddress }),
      ...(maxPerUser !== undefined && { perUser: maxPerUser }),
      ...(banAfter > 0 && { bans }),
    },
  };
}

function ftpOptions(flags: ServeFlags, { root, architecture, accounts, tls }: SpecContext): FtpServiceOptions {
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
    maxBytesPerSecond: {
      server: flags.maxRate,
      perUser: flags.maxRatePerUser,
      anonymous: flags.maxRateAnonymous,
      perTransfer: flags.maxRatePerTransfer,
    },
    asciiConversion: flags.asciiConversion === 'on',
    recursiveListingLimit: flags.recursiveListings,
    ...(tls && { tls: tls.options }),
    log: { level: flags.logLevel, format: flags.logFormat },
  };
}
