/** The facts of MLST and MLSD (RFC 3659 section 7): which there are, how a client chooses, how they are written. */
import type { Permission } from '../accounts/account.ts';
import type { FileStatus, FileType } from '../storage/file-system.ts';
import { oneLine } from './list-formats.ts';
import { formatTimeValue } from './time-values.ts';

/** As FEAT spells them. Clients ask for them in any case. */
export const FACTS = [
  'type',
  'size',
  'modify',
  'create',
  'perm',
  'unique',
  'UNIX.mode',
  'UNIX.uid',
  'UNIX.gid',
  'UNIX.owner',
  'UNIX.group',
  'UNIX.ownername',
  'UNIX.groupname',
] as const;

export type Fact = (typeof FACTS)[number];

/** What clients look at that do not choose with OPTS MLST. */
export const DEFAULT_FACTS: readonly Fact[] = [
  'type',
  'size',
  'modify',
  'perm',
  'unique',
  'UNIX.mode',
  'UNIX.uid',
  'UNIX.gid',
];

const FACTS_BY_NAME = new Map(FACTS.map((fact) => [fact.toLowerCase(), fact]));

/**
 * @param argument of OPTS MLST, such as `type;size;`, in any case and order.
 * @returns the facts named in it, in the order of FEAT. Unknown ones are ignored (RFC 3659 section 7.9).
 */
export function parseFactList(argument: string): Fact[] {
  const named = new Set(argument.split(';').map((name) => FACTS_BY_NAME.get(name.toLowerCase())));
  return FACTS.filter((fact) => named.has(fact));
}

/** @returns the facts as the reply to OPTS MLST lists them: `type;size;`. */
export function formatFactList(facts: readonly Fact[]): string {
  return facts.map((fact) => `${fact};`).join('');
}

/** @returns the line of FEAT: all facts, with a star behind those that are switched on (RFC 3659 section 7.8). */
export function mlstFeature(current: readonly Fact[]): string {
  return `MLST ${FACTS.map((fact) => (current.includes(fact) ? `${fact}*;` : `${fact};`)).join('')}`;
}

/** @returns whether the facts say more than the name and the type of an entry, which a directory tells without stat. */
export function needsStatus(facts: readonly Fact[]): boolean {
  return facts.some((fact) => fact !== 'type' && fact !== 'perm');
}

/** What is known of a file: its status, or only its type when `needsStatus` is false. */
export type Described = Pick<FileStatus, 'type'> & Partial<FileStatus>;

/** What a directory is in its own MLSD listing (RFC 3659 section 7.5.1). */
export type Place = 'cdir' | 'pdir';

/**
 * @param described what the facts are about; a link as the link itself.
 * @param facts those wanted. What is not known of a file is left out.
 * @param permissions what the account may do.
 * @param place for the listed directory itself and its parent.
 * @returns `type=file;size=1;`, every fact with its semicolon including the last: there are clients that cut off one
 * character before the name without looking (W24).
 */
export function formatFacts(
  described: Described,
  facts: readonly Fact[],
  permissions: readonly Permission[],
  place?: Place,
): string {
  let text = '';
  for (const fact of facts) {
    const value = FORMATTERS[fact](described, permissions, place);
    if (value !== undefined) text += `${fact}=${value};`;
  }
  return text;
}

/**
 * One line of MLSD with its CRLF; MLST sends the same behind a space. Parameters as for formatFacts.
 * @param name of the entry, or a path.
 */
export function formatFactLine(
  name: string,
  described: Described,
  facts: readonly Fact[],
  permissions: readonly Permission[],
  place?: Place,
): string {
  return `${formatFacts(described, facts, permissions, place)} ${oneLine(name)}\r\n`;
}

type Formatter = (
  described: Described,
  permissions: readonly Permission[],
  place: Place | undefined,
) => string | number | undefined;

const FORMATTERS: Record<Fact, Formatter> = {
  type: formatType,
  // Of a directory it would be the size of its table of names, which clients show as if it were its content.
  size: ({ type, size }) => (type === 'file' ? size : undefined),
  modify: ({ modifiedMs }) => formatTime(modifiedMs),
  create: ({ createdMs }) => formatTime(createdMs),
  perm: ({ type }, permissions) => formatPermissions(type, permissions),
  unique: ({ id }) => id,
  'UNIX.mode': ({ mode }) => (mode === undefined ? undefined : formatOctal(mode)),
  'UNIX.uid': ({ uid }) => uid,
  'UNIX.gid': ({ gid }) => gid,
  // Numbers as well: ProFTPD, which invented these names, has them so, and the names in the two that follow.
  'UNIX.owner': ({ uid }) => uid,
  'UNIX.group': ({ gid }) => gid,
  'UNIX.ownername': ({ owner }) => factValue(owner),
  'UNIX.groupname': ({ group }) => factValue(group),
};

function formatType({ type, target }: Described, _permissions: readonly Permission[], place?: Place): string {
  switch (type) {
    case 'file':
      return 'file';
    case 'directory':
      return place ?? 'dir';
    case 'symlink':
      // Errata 1500 of RFC 3659 wants `OS.unix=symlink`; clients know both, and the first tells more.
      return target !== undefined && factValue(target) === target ? `OS.unix=slink:${target}` : 'OS.unix=symlink';
    case 'other':
      return 'OS.unix=other';
  }
}

function formatTime(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : formatTimeValue(ms);
}

/** A value ends at a semicolon, and the facts end at the first space (RFC 3659 section 7.2). */
function factValue(text: string | undefined): string | undefined {
  return text?.replaceAll(/[;\s\0]/g, '_');
}

/** RFC 3659 section 7.5.5: which letter stands for what, and which permission it takes. */
const PERM_LETTERS: Record<FileType, readonly (readonly [letter: string, permission: Permission | undefined])[]> = {
  file: [
    ['a', 'write'],
    ['d', 'delete'],
    ['f', 'rename'],
    ['r', 'read'],
    ['w', 'write'],
  ],
  directory: [
    ['c', 'write'],
    ['d', 'delete'],
    ['e', undefined],
    ['f', 'rename'],
    ['l', 'list'],
    ['m', 'make-directory'],
    ['p', 'delete'],
  ],
  // What can be done with the thing that a link points to depends on what it is.
  symlink: [
    ['d', 'delete'],
    ['f', 'rename'],
  ],
  other: [
    ['d', 'delete'],
    ['f', 'rename'],
  ],
};

/** What was written for the permissions of an account, which stay the same for all entries of its listings. */
const written = new WeakMap<readonly Permission[], Partial<Record<FileType, string>>>();

function formatPermissions(type: FileType, permissions: readonly Permission[]): string {
  let texts = written.get(permissions);
  if (!texts) {
    texts = {};
    written.set(permissions, texts);
  }
  texts[type] ??= permissionLetters(type, permissions);
  return texts[type];
}

function permissionLetters(type: FileType, permissions: readonly Permission[]): string {
  let letters = '';
  for (const [letter, permission] of PERM_LETTERS[type]) {
    if (permission === undefined || permissions.includes(permission)) letters += letter;
  }
  return letters;
}

const PERMISSION_BITS = 0o7777;
/** Of the modes seen so far, for there are few. */
const octals: string[] = [];

function formatOctal(mode: number): string {
  const permissions = mode & PERMISSION_BITS;
  octals[permissions] ??= permissions.toString(8).padStart(4, '0');
  return octals[permissions];
}
