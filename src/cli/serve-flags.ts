import { Command, Option } from 'commander';
import { parseByteRate } from '../accounts/byte-rate.ts';
import type { IdentityNames } from '../runtime/identity.ts';
import type { Runner } from '../runtime/runner.ts';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from '../services/log.ts';
import {
  argumentOf,
  countArgument,
  identityArgument,
  ipv4Argument,
  nonEmptyArgument,
  portArgument,
  portRangeArgument,
  positiveArgument,
  secondsArgument,
  secondsOrZeroArgument,
  workersArgument,
} from './option-arguments.ts';

export type ServiceKind = 'ftp' | 'http';

/** What commander makes of the options of `serve`. All times in milliseconds. */
export interface ServeFlags {
  readonly architecture: string;
  readonly root: string;
  readonly host: string;
  readonly service: ServiceKind;
  readonly port?: number;
  readonly httpPort?: number;
  readonly runAs?: IdentityNames;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly anonymous?: boolean;
  readonly writable?: boolean;
  readonly workers?: number;
  readonly queue?: number;
  readonly maxConnections?: number;
  readonly maxPerAddress?: number;
  readonly maxPerUser?: number;
  readonly banAfter: number;
  readonly banTime: number;
  readonly tls?: 'self-signed';
  readonly tlsCert?: readonly string[];
  readonly tlsKey?: readonly string[];
  readonly requireTls: 'none' | 'login' | 'data' | 'all';
  readonly implicitPort?: number;
  readonly tlsMinVersion: '1.2' | '1.3';
  readonly tlsCiphers?: string;
  readonly tlsClientCerts: 'ignore' | 'ask' | 'require';
  readonly tlsClientCa?: string;
  readonly tlsStrictName?: boolean;
  readonly tlsResumption: 'off' | 'offer' | 'warn' | 'require';
  readonly tlsUnannouncedEnd: 'cut' | 'whole';
  readonly passivePorts?: readonly [number, number];
  readonly passiveHost?: string;
  readonly maxRate?: number;
  readonly maxRatePerUser?: number;
  readonly maxRatePerTransfer?: number;
  readonly maxRateAnonymous?: number;
  readonly loginTimeout: number;
  readonly idleTimeout: number;
  readonly dataTimeout: number;
  readonly stallTimeout: number;
  readonly loginAttempts: number;
  readonly greeting: string;
  readonly symlinks: 'inside' | 'deny' | 'follow';
  readonly brokenUploads: 'keep' | 'delete';
  readonly fsync?: boolean;
  readonly asciiConversion: 'on' | 'off';
  readonly recursiveListings: number;
  readonly allowSystemRoot?: boolean;
  readonly sandbox?: boolean;
  readonly grace: number;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

const EXAMPLES = `
Without a password file, the server knows anonymous users and one account with write access,
whose password is made up anew at each start and printed once. With one, it knows the accounts
of the file; anonymous users then need --anonymous.

Examples:
  ohai-ftpd serve                                     the current folder, for this machine only
  ohai-ftpd serve --root /srv/ftp --host 0.0.0.0      for the network
  ohai-ftpd serve --no-anonymous --user alice         nobody but alice
  ohai-ftpd serve --root /srv/ftp --password-file ../accounts.txt
                                                      accounts made with: ohai-ftpd passwd
  ohai-ftpd serve --tls-cert fullchain.pem --tls-key privkey.pem --require-tls all
                                                      nothing in the clear
  ohai-ftpd serve --passive-ports 50000-50099 --passive-host 203.0.113.7
                                                      behind NAT or a firewall
`;

/** The options of `serve`, declared. */
export function serveOptions(architectures: readonly Runner[]): Command {
  const names = architectures.map(({ name }) => name).join(', ');
  const confinable = architectures.flatMap(({ name, confinable }) => (confinable ? name : []));
  return new Command('serve')
    .summary('serve a folder (the default command)')
    .description('Serves a folder over FTP.')
    .option('--architecture <name>', `how clients are served: ${names}`, 'reactor')
    .option('--root <dir>', 'folder to serve', nonEmptyArgument, '.')
    .option('--host <address>', 'address to listen on', nonEmptyArgument, '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0: any free one (default: 2121; for HTTP 8080)', portArgument)
    .addOption(choice('--service <name>', 'what to speak: FTP, or HTTP for reading only', ['ftp', 'http'], 'ftp'))
    .option('--http-port <number>', 'HTTP for reading as well, on this port; 0: any free one', portArgument)
    .option(
      '--run-as <user[:group]>',
      'when started as root: whom to become for good, once the ports are bound',
      identityArgument,
    )
    .optionsGroup('How many:')
    .option('--workers <number>', 'processes or threads, where their number is fixed', workersArgument)
    .option('--queue <number>', 'clients or requests that may wait for a thread of a pool', positiveArgument)
    .option('--max-connections <number>', 'clients at a time; others wait or are told to', positiveArgument)
    .option('--max-per-address <number>', 'clients at a time from one address (IPv6: from one /64)', positiveArgument)
    .option('--max-per-user <number>', 'clients at a time that are logged in as one user', positiveArgument)
    .addOption(
      new Option('--ban-after <number>', 'wrong passwords in ten minutes that ban an address; 0: never')
        .argParser(countArgument)
        .default(10),
    )
    .addOption(seconds('--ban-time', 'seconds of the first ban; each further one is twice as long', 60))
    .optionsGroup('Who may log in:')
    .option('--anonymous', 'let strangers read (the default without --password-file)')
    .option('--no-anonymous', 'let in accounts only')
    .option('--writable', 'let strangers upload and make directories as well')
    .option('--password-file <file>', 'accounts that may log in', nonEmptyArgument)
    .option(
      '--user <name>',
      'name of the account made at start (default: ohai); with --password-file: let in this account of it only',
    )
    .addOption(
      new Option('--login-attempts <number>', 'wrong passwords per connection').argParser(countArgument).default(3),
    )
    .optionsGroup('Protection by TLS (FTPS):')
    .option('--tls-cert <file>', 'certificate, and those behind it (PEM); once more for each further name', oneMore)
    .option('--tls-key <file>', 'its private key (PEM)', oneMore)
    .addOption(new Option('--tls <kind>', 'a certificate made here, for trying out').choices(['self-signed']))
    .addOption(choice('--require-tls <what>', 'what is refused without TLS', ['none', 'login', 'data', 'all'], 'none'))
    .option('--implicit-port <number>', 'port where TLS begins without AUTH, as well; 0: any free one', portArgument)
    .addOption(choice('--tls-min-version <version>', 'the oldest TLS that is spoken', ['1.2', '1.3'], '1.2'))
    .option('--tls-ciphers <list>', 'as OpenSSL writes them (default: those of Node)', nonEmptyArgument)
    .addOption(choice('--tls-client-certs <policy>', 'certificates of clients', ['ignore', 'ask', 'require'], 'ignore'))
    .option('--tls-client-ca <file>', 'the authorities whose client certificates are trusted (PEM)', nonEmptyArgument)
    .option('--tls-strict-name', 'send away clients that ask for a name of no certificate (SNI)')
    .addOption(
      choice(
        '--tls-resumption <policy>',
        'data connections that do not resume the TLS session of their control connection',
        ['off', 'offer', 'warn', 'require'],
        'offer',
      ),
    )
    .addOption(
      choice(
        '--tls-unannounced-end <meaning>',
        'an upload that ends without a close_notify is',
        ['cut', 'whole'],
        'cut',
      ),
    )
    .optionsGroup('Data connections:')
    .option('--passive-ports <first-last>', 'ports for passive mode (default: any)', portRangeArgument)
    .option('--passive-host <address>', 'IPv4 address announced to clients on the Internet', ipv4Argument)
    .optionsGroup('How fast FTP transfers are, in bytes per second; K, M, G: 1024 times (default: no limit):')
    .addOption(rate('--max-rate', 'all together'))
    .addOption(rate('--max-rate-per-user', "all of one user together; an account's own max-rate goes first"))
    .addOption(rate('--max-rate-anonymous', 'all of all strangers together, in place of --max-rate-per-user'))
    .addOption(rate('--max-rate-per-transfer', 'each one'))
    .optionsGroup('Timeouts, in seconds:')
    .addOption(seconds('--login-timeout', 'from connect to login', 60))
    .addOption(seconds('--idle-timeout', 'between two commands, not counting transfers', 300))
    .addOption(seconds('--data-timeout', 'for the data connection to be made', 30))
    .addOption(seconds('--stall-timeout', 'without an octet moved in a transfer', 60))
    .addOption(seconds('--grace', 'for clients to finish when the server is stopped', 10, secondsOrZeroArgument))
    .optionsGroup('Files:')
    .addOption(choice('--symlinks <policy>', 'where symbolic links may lead', ['inside', 'deny', 'follow'], 'inside'))
    .addOption(choice('--broken-uploads <policy>', 'what arrived before an upload broke', ['keep', 'delete'], 'keep'))
    .option('--fsync', 'confirm an upload only once it is on the disk itself')
    .addOption(choice('--ascii-conversion <state>', 'whether TYPE A converts line ends', ['on', 'off'], 'on'))
    .option(
      '--recursive-listings <entries>',
      'answer LIST -R, cut off after so many entries; 0: refuse it',
      countArgument,
      0,
    )
    .option('--allow-system-root', 'serve even /, /proc, /sys or /dev')
    .option('--sandbox', `child processes can open served files only (Linux; ${confinable.join(', ')})`)
    .optionsGroup('What it says:')
    .option('--greeting <text>', 'text of the 220 greeting', 'OHAI')
    .addOption(choice('--log-level <level>', 'what goes to standard error', LOG_LEVELS, 'info'))
    .addOption(choice('--log-format <format>', 'how', LOG_FORMATS, 'text'))
    .optionsGroup('Other:')
    .addHelpText('after', EXAMPLES);
}

function seconds(flag: string, description: string, byDefault: number, parse = secondsArgument): Option {
  return new Option(`${flag} <s>`, description).argParser(parse).default(byDefault * 1000, String(byDefault));
}

/** For options that may be given several times. */
function oneMore(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, nonEmptyArgument(text)];
}

function rate(flag: string, description: string): Option {
  return new Option(`${flag} <rate>`, description).argParser(argumentOf(parseByteRate));
}

function choice(flags: string, description: string, values: readonly string[], byDefault: string): Option {
  return new Option(flags, description).choices(values).default(byDefault);
}
