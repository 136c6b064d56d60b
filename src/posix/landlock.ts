/** landlock(7): a process that gives up, for good, the files that it has no use for. Linux 5.13 and newer. */
import { fstatSync, openSync } from 'node:fs';
import { closeDescriptor } from './descriptor.ts';
import { errnoCall, posixAvailable, systemCall } from './libc.ts';
import { O_CLOEXEC, O_PATH } from './open-flags.ts';

/** The C library has no wrappers. The numbers are the same on every architecture that Node supports. */
const SYS_LANDLOCK_CREATE_RULESET = 444;
const SYS_LANDLOCK_ADD_RULE = 445;
const SYS_LANDLOCK_RESTRICT_SELF = 446;

// <linux/landlock.h>
const CREATE_RULESET_VERSION = 1 << 0;
const RULE_PATH_BENEATH = 1;
const RESTRICT_SELF_TSYNC = 1 << 3;

// Rights, LANDLOCK_ACCESS_FS_…, each a bit
const WRITE_FILE = 1 << 1;
const READ_FILE = 1 << 2;
const READ_DIR = 1 << 3;
const REMOVE_DIR = 1 << 4;
const REMOVE_FILE = 1 << 5;
const MAKE_DIR = 1 << 7;
const MAKE_REG = 1 << 8;
const MAKE_SYM = 1 << 12;
/** Links and renames from one directory to another. */
const REFER = 1 << 13;
const TRUNCATE = 1 << 14;

// LANDLOCK_SCOPE_…: sockets without a path, and signals, of processes that are not confined with this one
const ABSTRACT_UNIX_SOCKET = 1 << 0;
const SIGNAL = 1 << 1;

/** All rights to files that a version knows; a kernel refuses those that it does not know. What is not handled is allowed. */
const HANDLED: readonly { readonly since: number; readonly rights: number }[] = [
  { since: 5, rights: (1 << 16) - 1 },
  { since: 3, rights: (1 << 15) - 1 },
  { since: 2, rights: (1 << 14) - 1 },
  { since: 1, rights: (1 << 13) - 1 },
];
const SCOPES_SINCE = 6;
const ALL_THREADS_SINCE = 8;

/** Programs cannot be executed, and sockets, FIFOs and devices cannot be made, wherever it is. */
const RIGHTS = {
  read: READ_FILE | READ_DIR,
  'read-write':
    READ_FILE | READ_DIR | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SYM | REFER | TRUNCATE,
} as const;
/** Those that a rule for a file can give; the kernel refuses the others. */
const RIGHTS_OF_FILE = READ_FILE | WRITE_FILE | TRUNCATE;

/** <linux/prctl.h> */
const PR_SET_NO_NEW_PRIVS = 38;

const landlockVersionOf = errnoCall<[number: number, none: null, size: number, flags: number]>(
  'long syscall(long number, const uint8_t *attributes, size_t size, uint32_t flags)',
);
const createRuleset = systemCall<[number: number, attributes: Uint8Array, size: number, flags: number]>(
  'landlock_create_ruleset',
  'long syscall(long number, const uint8_t *attributes, size_t size, uint32_t flags)',
);
const addRule = systemCall<[number: number, ruleset: number, type: number, rule: Uint8Array, flags: number]>(
  'landlock_add_rule',
  'long syscall(long number, int ruleset, int type, const uint8_t *rule, uint32_t flags)',
);
const restrictSelf = systemCall<[number: number, ruleset: number, flags: number]>(
  'landlock_restrict_self',
  'long syscall(long number, int ruleset, uint32_t flags)',
);
const prctl = systemCall<[operation: number, on: number, zero: number, zero: number, zero: number]>(
  'prctl',
  'int prctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
);

/** The version of Landlock (its ABI) that the kernel speaks; 0 where there is none, or where it has been switched off. */
export function landlockVersion(): number {
  if (process.platform !== 'linux' || !posixAvailable()) return 0;
  return Math.max(0, landlockVersionOf(SYS_LANDLOCK_CREATE_RULESET, null, 0, CREATE_RULESET_VERSION));
}

/** A file, or a directory with all that is beneath it. */
export interface FileRule {
  /** Looked up now: what takes this name later is something else. */
  readonly path: string;
  readonly access: keyof typeof RIGHTS;
}

/**
 * Confines the calling thread, and all threads and processes that it starts from now on, to some files: none else can be
 * opened, made, removed or renamed, nor can one be truncated from version 3 on. What is open stays open. From version 6 on
 * no process outside can be signalled either. There is no way back (landlock_restrict_self(2)), and from now on programs
 * that are executed give no privileges (PR_SET_NO_NEW_PRIVS).
 *
 * Threads that there are already go free before version 8: those of libuv's pool, which are there from the first use of
 * fs/promises on, and those that V8 has for itself.
 *
 * Status, modes, times and owners of files are not under Landlock's control.
 *
 * @param rules what remains allowed. A path that does not exist is left out.
 * @throws PosixError of a path that cannot be opened; ENOSYS or EOPNOTSUPP without Landlock; E2BIG after 16 restrictions.
 *   Nothing is restricted then. PosixUnavailableError.
 */
export function restrictFiles(rules: readonly FileRule[]): void {
  const version = landlockVersion();
  const handled = HANDLED.find(({ since }) => version >= since)?.rights ?? RIGHTS.read;
  const attributes = rulesetAttributes(handled, version >= SCOPES_SINCE ? ABSTRACT_UNIX_SOCKET | SIGNAL : 0);
  const ruleset = createRuleset(SYS_LANDLOCK_CREATE_RULESET, attributes, attributes.byteLength, 0);
  try {
    for (const rule of rules) allow(ruleset, rule, handled);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    restrictSelf(SYS_LANDLOCK_RESTRICT_SELF, ruleset, version >= ALL_THREADS_SINCE ? RESTRICT_SELF_TSYNC : 0);
  } finally {
    closeDescriptor(ruleset);
  }
}

function allow(ruleset: number, { path, access }: FileRule, handled: number): void {
  const fd = openIfThere(path);
  if (fd === undefined) return;
  try {
    const possible = fstatSync(fd).isDirectory() ? handled : handled & RIGHTS_OF_FILE;
    const rule = pathBeneath(RIGHTS[access] & possible, fd);
    addRule(SYS_LANDLOCK_ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0);
  } finally {
    closeDescriptor(fd);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, O_PATH | O_CLOEXEC);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * struct landlock_ruleset_attr: rights to files, rights to ports, scopes. An older kernel knows a shorter one, and takes the
 * longer one as long as there are zeros in what it does not know.
 */
function rulesetAttributes(files: number, scopes: number): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt(files), 0n, BigInt(scopes)).buffer);
}

/** struct landlock_path_beneath_attr, packed: rights, descriptor. */
function pathBeneath(rights: number, fd: number): Uint8Array {
  const rule = new Uint8Array(12);
  rule.set(new Uint8Array(BigUint64Array.of(BigInt(rights)).buffer));
  rule.set(new Uint8Array(Int32Array.of(fd).buffer), 8);
  return rule;
}
