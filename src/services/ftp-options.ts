import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { accountNameProblem } from '../accounts/account-name.ts';
import { parseHome } from '../accounts/home-directory.ts';
import { isPasswordHash } from '../accounts/password-hash.ts';
import { PERMISSION_WORDS, parsePermissions } from '../accounts/permissions.ts';
import { checkOptions } from './check-options.ts';
import {
  bytesPerSecond,
  choice,
  flag,
  group,
  line,
  listOf,
  logging,
  milliseconds,
  mustBe,
  orIssue,
  path,
  symlinkPolicy,
  text,
  wholeNumber,
} from './option-kinds.ts';
import { tlsOption } from './tls-option.ts';

export { OptionsError } from './check-options.ts';

const account = z.strictObject(
  {
    name: text().superRefine((name, context) => {
      const problem = accountNameProblem(name);
      if (problem) context.addIssue(`'${name}' ${problem}`);
    }),
    /** As hashPassword makes it. */
    passwordHash: text().refine(isPasswordHash, 'must be an scrypt hash as hashPassword makes it'),
    /** The virtual directory that the account sees as `/`. */
    home: text().transform(orIssue(parseHome)).prefault('/'),
    /** A preset, or a list of permissions and presets. */
    permissions: z
      .union(
        [z.enum(PERMISSION_WORDS), z.array(z.enum(PERMISSION_WORDS)).readonly()],
        mustBe(`some of ${PERMISSION_WORDS.join(', ')}`),
      )
      .transform((words) => parsePermissions([words].flat()))
      .prefault('read-only'),
    /** May see and end the sessions of others. */
    administrator: flag().default(false),
    /** Of all its transfers together, in place of maxBytesPerSecond.perUser. */
    maxBytesPerSecond: bytesPerSecond().optional(),
  },
  mustBe('an account'),
);

const schema = z.strictObject(
  {
    /** The directory of the disk that clients see as `/`. Becomes absolute. */
    root: path(),
    symlinks: symlinkPolicy(),
    /** What happens to the part of an upload that arrived before it broke; what is kept can be resumed. */
    brokenUploads: choice(['keep', 'delete']).default('keep'),
    /** Whether 226 for an upload waits until it is on the disk itself (fsync(2)). */
    fsync: flag().default(false),

    /** What people without an account may do. */
    anonymous: choice([false, 'read-only', 'writable']).default(false),
    accounts: listOf(account, 'a list of accounts')
      .superRefine((accounts, context) => {
        const names = accounts.map(({ name }) => name);
        const repeated = names.find((name, index) => names.indexOf(name) !== index);
        if (repeated !== undefined) context.addIssue(`must not contain '${repeated}' twice`);
      })
      .default([]),
    /** A file of further accounts, read again whenever it changes. Becomes absolute. */
    passwordFile: path().optional(),
    /** The accounts of the password file that may log in; absent: all of them. */
    passwordFileUsers: listOf(text(), 'a list of names').optional(),

    /** Text of the 220 greeting. */
    greeting: line().default('OHAI'),
    /** How clients are served, in words, for STAT. */
    architecture: line().default('embedded'),
    passive: group({
      /** First and last port for passive data connections; absent: whatever the system gives. */
      ports: z
        .tuple([wholeNumber(1, 65535), wholeNumber(1, 65535)], mustBe('a pair of ports, [first, last]'))
        .readonly()
        .refine(([first, last]) => first <= last, 'must begin with the lower port')
        .optional(),
      /** The IPv4 address that PASV announces to clients on the Internet, for a server behind NAT. */
      host: text().refine(isIPv4, 'must be an IPv4 address such as 203.0.113.7').optional(),
    }),
    timeouts: group({
      /** From connect to a successful login. */
      loginMs: milliseconds().default(60_000),
      /** Between two commands; never during a transfer. */
      idleMs: milliseconds().default(300_000),
      /** For the data connection to be made; where the server makes it, 15 seconds at most. */
      dataConnectionMs: milliseconds().default(30_000),
      /** Without an octet moved on the data connection. */
      stallMs: milliseconds().default(60_000),
    }),
    logins: group({
      /** Wrong passwords after which a connection is closed. */
      maxAttempts: wholeNumber(1, 1000).default(3),
      /** Delay of the reply to the first wrong password; it grows with every further one. */
      failureDelayMs: wholeNumber(0, 60_000, 'milliseconds').default(1000),
    }),
    /** Certificates, and what has to be protected; absent: no TLS. */
    tls: tlsOption().optional(),
    /** How fast files are sent and received, over all processes and threads; absent: as fast as it goes. */
    maxBytesPerSecond: group({
      /** All transfers together. */
      server: bytesPerSecond().optional(),
      /** All transfers of one account together. */
      perUser: bytesPerSecond().optional(),
      /** All transfers of all anonymous users together, in place of perUser. */
      anonymous: bytesPerSecond().optional(),
      perTransfer: bytesPerSecond().optional(),
    }),
    /** Whether TYPE A converts line ends. */
    asciiConversion: flag().default(true),
    /** SIZE in TYPE A counts the converted file up to this many octets; 0: never. */
    asciiSizeLimit: wholeNumber(0, Number.MAX_SAFE_INTEGER, 'octets').default(0),
    /** Entries after which LIST -R is cut off; 0 refuses it. */
    recursiveListingLimit: wholeNumber(0, Number.MAX_SAFE_INTEGER, 'entries').default(0),
    /** Names that HOST accepts; empty for every name. */
    hostNames: listOf(line(), 'a list of names').default([]),
    log: logging(),
  },
  mustBe('an object'),
);

/** The options of the FTP service as a program writes them: plain data. Only `root` is required. */
export type FtpServiceOptions = z.input<typeof schema>;

/** All options, checked, with their defaults filled in. Still plain data; checking them again changes nothing. */
export type CheckedFtpServiceOptions = z.output<typeof schema>;

/**
 * Checks options and fills in what is not given.
 * @throws OptionsError for the first one that is wrong, in one line that names it: `timeouts.idleMs must be …`.
 */
export function checkFtpServiceOptions(options: FtpServiceOptions): CheckedFtpServiceOptions {
  return checkOptions(schema, options);
}
