import { StorageError } from '../../storage/storage-error.ts';
import { check } from '../checks.ts';
import type { CommandContext, Row } from '../command.ts';
import type { Outcome } from '../reply.ts';
import { type Reply, ReplyError, reply } from '../reply.ts';
import { parseTimeValue } from '../time-values.ts';
import { resolvePath } from '../virtual-path.ts';
import { copyFile } from './copy.ts';
import { makeDirectories, removeDirectory } from './directories.ts';
import { listOfCommands } from './help.ts';
import { presenceLine } from './status.ts';
import { setModified } from './times.ts';
import { splitTwoPaths } from './two-paths.ts';

/** The shortest and the longest idle timeout that SITE IDLE takes. */
const IDLE_SECONDS = { min: 10, max: 7_200 };

/** The subcommands of SITE, rows like all others. No standard defines them; clients know them from other servers. */
export const siteRows: readonly Row[] = [
  siteRow({
    verb: 'HELP',
    syntax: '',
    summary: 'lists the SITE commands',
    argument: 'none',
    access: 'anyone',
    run: () => listOfCommands('The following SITE commands are served:', siteRows),
  }),
  siteRow({
    verb: 'CHMOD',
    syntax: '<SP> <octal-mode> <SP> <pathname>',
    summary: 'sets the permission bits of a file',
    argument: 'required',
    permission: 'change-metadata',
    run: changeMode,
  }),
  siteRow({
    verb: 'UTIME',
    syntax: '<SP> <YYYYMMDDhhmm[ss]> <SP> <pathname>',
    summary: 'sets when a file was changed (UTC)',
    argument: 'required',
    permission: 'change-metadata',
    run: changeTime,
  }),
  siteRow({
    verb: 'UMASK',
    syntax: '[<SP> <octal-mask>]',
    summary: 'tells or sets the permission bits that your new files do not get',
    argument: 'optional',
    run: changeUmask,
  }),
  siteRow({
    verb: 'IDLE',
    syntax: '[<SP> <seconds>]',
    summary: 'tells or sets your idle timeout',
    argument: 'optional',
    run: changeIdleTimeout,
  }),
  siteRow({
    verb: 'WHO',
    syntax: '',
    summary: 'lists your own session; every session, for an administrator',
    argument: 'none',
    run: who,
  }),
  siteRow({
    verb: 'KICK',
    syntax: '<SP> <session>',
    summary: 'ends a session that SITE WHO has listed; for administrators',
    argument: 'required',
    access: 'administrator',
    run: kick,
  }),
  siteRow({
    verb: 'SYMLINK',
    syntax: '<SP> <target> <SP> <pathname>',
    summary: 'makes a symbolic link',
    argument: 'required',
    permission: 'write',
    run: makeSymlink,
  }),
  siteRow({
    verb: 'MKDIR',
    syntax: '<SP> <pathname>',
    summary: 'makes a directory, and those above it that are missing',
    argument: 'required',
    permission: 'make-directory',
    run: makeDirectories,
  }),
  siteRow({
    verb: 'RMDIR',
    syntax: '<SP> <pathname>',
    summary: 'removes an empty directory, as RMD does',
    argument: 'required',
    permission: 'delete',
    run: removeDirectory,
  }),
  siteRow({
    verb: 'COPY',
    syntax: '<SP> <pathname> <SP> <new-pathname>',
    summary: 'copies a file within the server',
    argument: 'required',
    permission: 'write',
    run: copyFile,
  }),
];

export const siteCommands: readonly Row[] = [
  {
    verb: 'SITE',
    syntax: '<SP> <command> [<SP> <arguments>]',
    summary: 'runs a command that is particular to this server; SITE HELP lists them',
    source: 'RFC 959 section 4.1.3',
    argument: 'required',
    access: 'anyone',
    feature: () => siteRows.filter(({ access }) => access === 'logged-in').map(({ verb }) => `SITE ${verb}`),
    run: runSite,
  },
];

/** Fills in what is the same for all of them. */
function siteRow(row: Omit<Row, 'source' | 'access'> & Partial<Pick<Row, 'access'>>): Row {
  return { source: 'a convention', access: 'logged-in', ...row };
}

function runSite(context: CommandContext, argument: string): Outcome {
  const match = /^([A-Za-z]+)(?: (.*))?$/s.exec(argument);
  const row = match && siteRows.find(({ verb }) => verb === match[1]!.toUpperCase());
  if (!match || !row) return reply(501, 'Unknown SITE command; see SITE HELP.');
  check(row, match[2] ?? '', context.session, context.environment.settings);
  return row.run(context, match[2] ?? '');
}

async function changeMode({ session, storage }: CommandContext, argument: string): Promise<Reply> {
  const match = /^([0-7]{3,4}) (.+)$/s.exec(argument);
  if (!match) return reply(501, 'Syntax: SITE CHMOD <octal-mode> <pathname>');
  if (!storage.setMode) throw new StorageError('not-supported');
  await storage.setMode(resolvePath(session.directory, match[2]!), Number.parseInt(match[1]!, 8));
  return reply(200, 'Mode changed.');
}

/** NcFTP's older form `SITE UTIME <pathname> <accessed> <modified> <created> UTC` is understood as well. */
async function changeTime(context: CommandContext, argument: string): Promise<Reply> {
  const short = /^(\d{12}|\d{14}) (.+)$/s.exec(argument);
  const long = /^(.+) \d{14} (\d{14}) \d{14} UTC$/s.exec(argument);
  const [time, pathname] = long ? [long[2]!, long[1]!] : [short?.[1]?.padEnd(14, '0') ?? '', short?.[2] ?? ''];
  const timeMs = parseTimeValue(time);
  if (timeMs === undefined) return reply(501, 'Syntax: SITE UTIME <YYYYMMDDhhmm[ss]> <pathname>');
  await setModified(context, pathname, timeMs);
  return reply(200, 'Time changed.');
}

function changeUmask({ session }: CommandContext, argument: string): Reply {
  if (argument === '') {
    const umask = session.umask?.toString(8).padStart(3, '0');
    return reply(200, umask ? `UMASK is ${umask}.` : 'UMASK is that of the server.');
  }
  if (!/^0?[0-7]{1,3}$/.test(argument)) return reply(501, 'Syntax: SITE UMASK <octal-mask>');
  session.umask = Number.parseInt(argument, 8);
  return reply(200, `UMASK set to ${argument}.`);
}

function changeIdleTimeout({ session, environment }: CommandContext, argument: string): Reply {
  const current = (session.idleTimeoutMs ?? environment.settings.timeouts.idleMs) / 1000;
  if (argument === '') return reply(200, `Idle timeout is ${current} seconds.`);
  const seconds = /^\d{1,6}$/.test(argument) ? Number(argument) : Number.NaN;
  if (!(seconds >= IDLE_SECONDS.min && seconds <= IDLE_SECONDS.max)) {
    return reply(501, `The idle timeout may be ${IDLE_SECONDS.min} to ${IDLE_SECONDS.max} seconds.`);
  }
  session.idleTimeoutMs = seconds * 1000;
  return reply(200, `Idle timeout set to ${seconds} seconds.`);
}

async function who({ session, environment, account }: CommandContext): Promise<Reply> {
  const everybody = await environment.presences.who();
  const shown = account.administrator ? everybody : everybody.filter(({ id }) => id === session.id);
  return reply(211, 'Sessions:', ...shown.map(presenceLine), 'End');
}

async function kick({ environment }: CommandContext, id: string): Promise<Reply> {
  if (!(await environment.presences.kick(id))) return reply(550, 'There is no such session.');
  environment.log.warn('session ended by an administrator', { session: id });
  return reply(200, 'The session has been ended.');
}

async function makeSymlink({ session, storage }: CommandContext, argument: string): Promise<Reply> {
  const paths = splitTwoPaths(argument)[0];
  if (!paths) throw new ReplyError(501, 'Syntax: SITE SYMLINK <target> <pathname>');
  if (!storage.makeSymlink) throw new StorageError('not-supported');
  await storage.makeSymlink(resolvePath(session.directory, paths.first), resolvePath(session.directory, paths.second));
  return reply(200, 'Link made.');
}
