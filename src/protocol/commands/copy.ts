import { StorageError } from '../../storage/storage-error.ts';
import { readChunks } from '../../transfer/send.ts';
import { demandPermission } from '../checks.ts';
import type { CommandContext } from '../command.ts';
import { type Reply, ReplyError, reply } from '../reply.ts';
import { resolvePath } from '../virtual-path.ts';
import { splitTwoPaths, type TwoPaths } from './two-paths.ts';

/** SITE COPY: reading the one and writing the other both need their permission; neither is taken for granted. */
export async function copyFile(context: CommandContext, argument: string): Promise<Reply> {
  const { session, storage, account } = context;
  demandPermission(account, 'read');
  const { first, second } = await sourceThatExists(context, splitTwoPaths(argument));
  const from = resolvePath(session.directory, first);
  const to = resolvePath(session.directory, second);
  if (from === to) return reply(553, 'A file cannot be copied onto itself.');

  await using source = await storage.read(from);
  const mode = account.permissions.includes('delete') ? 'replace' : 'new';
  await using copy = await storage.write(to, { mode, expectedSize: source.size });
  for await (const chunk of readChunks(source, source.size)) {
    if (context.interruption.aborted) throw new ReplyError(426, 'Aborted.');
    await copy.write(chunk);
  }
  await copy.commit();
  context.emit({ type: 'upload', path: to, bytes: source.size, durationMs: Date.now() - session.lastCommandMs });
  return reply(250, 'Copied.');
}

/** Of several ways to split the argument at a space, the first whose first path exists. */
async function sourceThatExists({ session, storage }: CommandContext, splits: readonly TwoPaths[]): Promise<TwoPaths> {
  if (splits.length === 0) throw new ReplyError(501, 'Syntax: SITE COPY <pathname> <new-pathname>');
  for (const paths of splits) {
    const status = await storage.stat(resolvePath(session.directory, paths.first)).catch(() => undefined);
    if (status?.type === 'file') return paths;
  }
  throw new StorageError('not-found');
}
