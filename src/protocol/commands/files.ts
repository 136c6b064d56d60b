import { StorageError } from '../../storage/storage-error.ts';
import { encodeLines } from '../../transfer/ascii.ts';
import { readChunks } from '../../transfer/send.ts';
import { demandPermission } from '../checks.ts';
import type { CommandContext, Row } from '../command.ts';
import { converts } from '../conversion.ts';
import { type Reply, ReplyError, reply } from '../reply.ts';
import { NOTHING_PENDING } from '../session.ts';
import { resolvePath } from '../virtual-path.ts';

/** Renaming, deleting, and how large things are (RFC 959 section 4.1.3, RFC 3659 section 4). */
export const fileCommands: readonly Row[] = [
  {
    verb: 'RNFR',
    syntax: '<SP> <pathname>',
    summary: 'names what RNTO will rename',
    source: 'RFC 959 section 4.1.3',
    argument: 'required',
    access: 'logged-in',
    permission: 'rename',
    run: async ({ session, storage }, argument) => {
      const path = resolvePath(session.directory, argument);
      await storage.stat(path, { followLinks: false });
      if (path === '/') return reply(550, 'The root cannot be renamed.');
      session.pending = { ...NOTHING_PENDING, renameFrom: path };
      return reply(350, 'Ready for RNTO.');
    },
  },
  {
    verb: 'RNTO',
    syntax: '<SP> <pathname>',
    summary: 'gives the new name, right after RNFR',
    source: 'RFC 959 section 4.1.3',
    argument: 'required',
    access: 'logged-in',
    permission: 'rename',
    run: rename,
  },
  {
    verb: 'DELE',
    syntax: '<SP> <pathname>',
    summary: 'deletes a file',
    source: 'RFC 959 section 4.1.3',
    argument: 'required',
    access: 'logged-in',
    permission: 'delete',
    run: async (context, argument) => {
      const path = resolvePath(context.session.directory, argument);
      await context.storage.removeFile(path);
      context.emit({ type: 'delete', path });
      return reply(250, 'File deleted.');
    },
  },
  {
    verb: 'SIZE',
    syntax: '<SP> <pathname>',
    summary: 'tells how many octets RETR would send',
    source: 'RFC 3659 section 4',
    argument: 'required',
    access: 'logged-in',
    permission: 'read',
    keepsPending: true,
    heavy: converts,
    feature: () => ['SIZE'],
    run: size,
  },
  {
    verb: 'AVBL',
    syntax: '[<SP> <pathname>]',
    summary: 'tells how many octets can still be stored',
    source: 'draft-peterson-streamlined-ftp-command-extensions-10 section 4',
    argument: 'optional',
    access: 'logged-in',
    permission: 'list',
    feature: () => ['AVBL'],
    run: async ({ session, storage }, argument) => {
      const path = resolvePath(session.directory, argument);
      if (!storage.available) throw new StorageError('not-supported');
      if ((await storage.stat(path)).type !== 'directory') return reply(550, 'Not a directory.');
      return reply(213, String(await storage.available(path)));
    },
  },
];

async function rename(context: CommandContext, argument: string): Promise<Reply> {
  const { session, storage, account, pending } = context;
  const from = pending.renameFrom;
  if (from === undefined) return reply(503, 'Send RNFR first.');
  const to = resolvePath(session.directory, argument);
  if (`${to}/`.startsWith(`${from}/`) && to !== from) return reply(553, 'A directory cannot be moved into itself.');
  // What the new name stood for would be gone.
  if (to !== from && (await exists(context, to))) demandPermission(account, 'delete');
  await storage.rename(from, to);
  context.emit({ type: 'rename', from, to });
  return reply(250, 'Renamed.');
}

async function exists({ storage }: CommandContext, path: string): Promise<boolean> {
  try {
    await storage.stat(path, { followLinks: false });
    return true;
  } catch (error) {
    if (error instanceof StorageError && error.kind === 'not-found') return false;
    throw error;
  }
}

async function size(context: CommandContext, argument: string): Promise<Reply> {
  const { session, storage, environment } = context;
  const path = resolvePath(session.directory, argument);
  const status = await storage.stat(path);
  if (status.type !== 'file') return reply(550, 'Not a plain file.');
  if (!converts(context)) return reply(213, String(status.size));
  if (status.size > environment.settings.asciiSizeLimit) {
    throw new ReplyError(550, 'The size in TYPE A is not known without reading the file; use TYPE I.');
  }
  return reply(213, String(await convertedSize(context, path)));
}

/** RFC 3659 section 4: what RETR would send, line ends included. */
async function convertedSize({ storage }: CommandContext, path: string): Promise<number> {
  await using file = await storage.read(path);
  let octets = 0;
  for await (const chunk of encodeLines(readChunks(file, file.size))) octets += chunk.length;
  return octets;
}
