import type { FileStatus } from '../../storage/file-system.ts';
import { StorageError } from '../../storage/storage-error.ts';
import type { CommandContext, Row } from '../command.ts';
import { type Reply, reply } from '../reply.ts';
import { parentOf, quotePath, resolvePath } from '../virtual-path.ts';

/** Moving through directories, making and removing them (RFC 959 sections 4.1.1 and 4.1.3; the X-forms: RFC 775). */
export const directoryCommands: readonly Row[] = [
  {
    verb: 'CWD',
    aliases: ['XCWD'],
    syntax: '<SP> <pathname>',
    summary: 'changes the working directory',
    source: 'RFC 959 section 4.1.1',
    argument: 'required',
    access: 'logged-in',
    run: (context, argument) => changeDirectory(context, resolvePath(context.session.directory, argument)),
  },
  {
    verb: 'CDUP',
    aliases: ['XCUP'],
    syntax: '',
    summary: 'changes to the parent directory',
    source: 'RFC 959 section 4.1.1',
    argument: 'none',
    access: 'logged-in',
    run: (context) => changeDirectory(context, parentOf(context.session.directory)),
  },
  {
    verb: 'PWD',
    aliases: ['XPWD'],
    syntax: '',
    summary: 'tells the working directory',
    source: 'RFC 959 section 4.1.3',
    argument: 'none',
    access: 'logged-in',
    // No quotes in the text behind the path: there are clients that read up to the last one (wire rule W15).
    run: ({ session }) => reply(257, `${quotePath(session.directory)} is the current directory.`),
  },
  {
    verb: 'MKD',
    aliases: ['XMKD'],
    syntax: '<SP> <pathname>',
    summary: 'makes a directory',
    source: 'RFC 959 section 4.1.3',
    argument: 'required',
    access: 'logged-in',
    permission: 'make-directory',
    run: makeDirectory,
  },
  {
    verb: 'RMD',
    aliases: ['XRMD'],
    syntax: '<SP> <pathname>',
    summary: 'removes an empty directory',
    source: 'RFC 959 section 4.1.3',
    argument: 'required',
    access: 'logged-in',
    permission: 'delete',
    run: removeDirectory,
  },
];

async function changeDirectory({ session, storage }: CommandContext, path: string): Promise<Reply> {
  const { type } = await storage.stat(path);
  if (type !== 'directory') return reply(550, 'Not a directory.');
  session.directory = path;
  return reply(250, 'Directory changed.');
}

async function makeDirectory(context: CommandContext, argument: string): Promise<Reply> {
  const path = resolvePath(context.session.directory, argument);
  await create(context, path);
  return reply(257, `${quotePath(path)} created.`);
}

/**
 * Makes a directory and those above it that are missing; content with one that is there. That is what SITE MKDIR means
 * to lftp, which sends it for `mkdir -p` and no MKD before or after.
 */
export async function makeDirectories(context: CommandContext, argument: string): Promise<Reply> {
  const path = resolvePath(context.session.directory, argument);
  const missing: string[] = [];
  let nearest = path;
  let status = await statusIfThere(context, nearest);
  for (; status === undefined && nearest !== '/'; status = await statusIfThere(context, nearest)) {
    missing.unshift(nearest);
    nearest = parentOf(nearest);
  }
  if (status?.type !== 'directory') throw new StorageError(nearest === path ? 'exists' : 'not-a-directory');
  for (const directory of missing) await create(context, directory);
  return reply(257, `${quotePath(path)} created.`);
}

async function create({ session, storage }: CommandContext, path: string): Promise<void> {
  await storage.makeDirectory(path);
  if (session.umask !== undefined) await storage.setMode?.(path, 0o777 & ~session.umask);
}

async function statusIfThere({ storage }: CommandContext, path: string): Promise<FileStatus | undefined> {
  try {
    return await storage.stat(path);
  } catch (error) {
    if (error instanceof StorageError && error.kind === 'not-found' && path !== '/') return undefined;
    throw error;
  }
}

export async function removeDirectory(context: CommandContext, argument: string): Promise<Reply> {
  const { session, storage } = context;
  const path = resolvePath(session.directory, argument);
  await storage.removeDirectory(path);
  context.emit({ type: 'delete', path });
  return reply(250, 'Directory removed.');
}
