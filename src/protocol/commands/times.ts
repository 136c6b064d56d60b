import { StorageError } from '../../storage/storage-error.ts';
import { demandPermission } from '../checks.ts';
import type { CommandContext, Row } from '../command.ts';
import { type Reply, ReplyError, reply } from '../reply.ts';
import { formatTimeValue, parseTimeValue } from '../time-values.ts';
import { resolvePath } from '../virtual-path.ts';

/** When files were changed, and setting that (RFC 3659 section 3, draft-somers-ftp-mfxx-04). */
export const timeCommands: readonly Row[] = [
  {
    verb: 'MDTM',
    syntax: '[<SP> <YYYYMMDDhhmmss>] <SP> <pathname>',
    summary: 'tells when a file was changed (UTC); with a time, sets it',
    source: 'RFC 3659 section 3',
    argument: 'required',
    access: 'logged-in',
    permission: 'list',
    keepsPending: true,
    feature: () => ['MDTM'],
    run: tellOrSetTime,
  },
  {
    verb: 'MFMT',
    syntax: '<SP> <YYYYMMDDhhmmss> <SP> <pathname>',
    summary: 'sets when a file was changed (UTC)',
    source: 'draft-somers-ftp-mfxx-04 section 3.1',
    argument: 'required',
    access: 'logged-in',
    permission: 'change-metadata',
    feature: () => ['MFMT'],
    run: async (context, argument) => {
      const { timeMs, pathname } = splitTime(argument);
      await setModified(context, pathname, timeMs);
      return reply(213, `Modify=${formatTimeValue(timeMs)}; ${pathname}`);
    },
  },
  {
    verb: 'MFCT',
    syntax: '<SP> <YYYYMMDDhhmmss> <SP> <pathname>',
    summary: 'would set when a file was created, which no storage here can',
    source: 'draft-somers-ftp-mfxx-04 section 3.2',
    argument: 'required',
    access: 'logged-in',
    permission: 'change-metadata',
    refused: true,
    run: (_context, argument) => {
      splitTime(argument);
      return reply(504, 'The time of creation cannot be set.');
    },
  },
  {
    verb: 'MFF',
    syntax: '<SP> <fact>=<value>; … <SP> <pathname>',
    summary: 'sets the facts modify and UNIX.mode of a file',
    source: 'draft-somers-ftp-mfxx-04 section 3.3',
    argument: 'required',
    access: 'logged-in',
    permission: 'change-metadata',
    feature: () => ['MFF modify;UNIX.mode;'],
    run: setFacts,
  },
];

async function tellOrSetTime(context: CommandContext, argument: string): Promise<Reply> {
  const { session, storage, account } = context;
  try {
    const status = await storage.stat(resolvePath(session.directory, argument));
    return reply(213, formatTimeValue(status.modifiedMs));
  } catch (error) {
    // The form with a time, as lftp and WinSCP send it, only where it cannot be the name of a file (wire rule W18).
    if (!/^\d{14} ./.test(argument)) throw error;
  }
  demandPermission(account, 'change-metadata');
  const { timeMs, pathname } = splitTime(argument);
  await setModified(context, pathname, timeMs);
  return reply(213, formatTimeValue(timeMs));
}

function splitTime(argument: string): { timeMs: number; pathname: string } {
  const space = argument.indexOf(' ');
  const timeMs = space < 0 ? undefined : parseTimeValue(argument.slice(0, space));
  const pathname = argument.slice(space + 1);
  if (timeMs === undefined || pathname === '') throw new ReplyError(501, 'Syntax: YYYYMMDDhhmmss <SP> <pathname>');
  return { timeMs, pathname };
}

export async function setModified(
  { session, storage }: CommandContext,
  pathname: string,
  modifiedMs: number,
): Promise<void> {
  if (!storage.setTimes) throw new StorageError('not-supported');
  await storage.setTimes(resolvePath(session.directory, pathname), { modifiedMs });
}

type FactSetter = (context: CommandContext, pathname: string) => Promise<void>;

/** The facts that can be set: each checks its value first, so that MFF sets all of them or none. */
const SETTABLE: Record<string, (value: string) => FactSetter> = {
  modify: (value) => {
    const timeMs = parseTimeValue(value);
    if (timeMs === undefined) throw new ReplyError(501, 'modify=YYYYMMDDhhmmss');
    return (context, pathname) => setModified(context, pathname, timeMs);
  },
  'unix.mode': (value) => {
    if (!/^[0-7]{3,4}$/.test(value)) throw new ReplyError(501, 'UNIX.mode takes three or four octal digits.');
    return async ({ session, storage }, pathname) => {
      if (!storage.setMode) throw new StorageError('not-supported');
      await storage.setMode(resolvePath(session.directory, pathname), Number.parseInt(value, 8));
    };
  },
};

async function setFacts(context: CommandContext, argument: string): Promise<Reply> {
  const match = /^((?:[^;= ]+=[^;]*;)+) (.+)$/s.exec(argument);
  if (!match) return reply(501, 'Syntax: MFF <fact>=<value>; <SP> <pathname>');
  const [, facts, pathname] = match as unknown as [string, string, string];
  const setters = facts
    .split(';')
    .slice(0, -1)
    .map((fact) => {
      const [name, value] = fact.split('=') as [string, string];
      const key = name.toLowerCase();
      if (!Object.hasOwn(SETTABLE, key)) {
        throw new ReplyError(504, `The fact ${name.replaceAll(/[^A-Za-z.]/g, '')} cannot be set.`);
      }
      return SETTABLE[key]!(value);
    });
  for (const set of setters) await set(context, pathname);
  return reply(213, `${facts} ${pathname}`);
}
