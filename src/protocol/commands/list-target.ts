import type { DirectoryEntry, FileStatus } from '../../storage/file-system.ts';
import { StorageError } from '../../storage/storage-error.ts';
import { demandPermission } from '../checks.ts';
import type { CommandContext } from '../command.ts';
import { type ListSwitches, takeSwitches } from '../list-switches.ts';
import { ReplyError } from '../reply.ts';
import { baseName, resolvePath } from '../virtual-path.ts';
import { compileWildcard, hasWildcard } from '../wildcard.ts';

/** What LIST, NLST and STAT were asked to list. */
export interface ListTarget {
  readonly switches: ListSwitches;
  /** Virtual path of the directory or file. */
  readonly path: string;
  /** What was asked for, as the client wrote it, without switches. */
  readonly shown: string;
  readonly kind: 'directory' | 'file' | 'wildcard';
  /** What the client wrote before the name, to be repeated where it gave a path and not a directory. */
  readonly prefix: string;
  entries(options: { readonly details: boolean }): AsyncIterable<readonly DirectoryEntry[]>;
}

/**
 * Makes sense of the argument of LIST, NLST and STAT: `ls` switches, a directory, a file, or a wildcard in the last
 * segment. A name that exists is taken literally before it is taken for switches or a pattern (wire rule W23).
 * @throws StorageError `not-found` for what does not exist.
 */
export async function listTarget(context: CommandContext, argument: string): Promise<ListTarget> {
  demandPermission(context.account, 'list');
  const literal = argument.startsWith('-') && (await statusOf(context, argument));
  const { switches, rest } = literal ? { switches: takeSwitches('').switches, rest: argument } : takeSwitches(argument);
  const status = await statusOf(context, rest);
  if (status?.type === 'directory') return directoryTarget(context, switches, rest);
  if (status) return fileTarget(context, switches, rest, status);
  if (hasWildcard(baseName(`/${rest}`))) return wildcardTarget(context, switches, rest);
  throw new StorageError('not-found');
}

function directoryTarget(context: CommandContext, switches: ListSwitches, shown: string): ListTarget {
  const path = resolvePath(context.session.directory, shown);
  const list = (details: boolean) => context.storage.list(path, { details });
  return {
    switches,
    path,
    shown: shown === '' ? path : shown,
    kind: 'directory',
    prefix: '',
    entries: ({ details }) =>
      switches.all ? list(details) : only(context, list(details), ({ name }) => !name.startsWith('.')),
  };
}

function fileTarget(context: CommandContext, switches: ListSwitches, shown: string, status: FileStatus): ListTarget {
  const prefix = directoryPart(shown);
  return {
    switches,
    path: resolvePath(context.session.directory, shown),
    shown,
    kind: 'file',
    prefix,
    async *entries() {
      yield [{ name: shown.slice(prefix.length), type: status.type, status }];
    },
  };
}

async function wildcardTarget(context: CommandContext, switches: ListSwitches, shown: string): Promise<ListTarget> {
  const prefix = directoryPart(shown);
  const pattern = shown.slice(prefix.length);
  const directory = resolvePath(context.session.directory, prefix);
  if ((await context.storage.stat(directory)).type !== 'directory') throw new StorageError('not-a-directory');
  const matches = compileWildcard(pattern);
  return {
    switches,
    path: directory,
    shown,
    kind: 'wildcard',
    prefix,
    entries: ({ details }) => only(context, context.storage.list(directory, { details }), ({ name }) => matches(name)),
  };
}

/** `a/b/` of `a/b/c`. */
function directoryPart(shown: string): string {
  return shown.slice(0, shown.lastIndexOf('/') + 1);
}

/** Also ends when the listing is aborted: of a vast directory, there may never be an entry that is wanted. */
async function* only(
  context: CommandContext,
  batches: AsyncIterable<readonly DirectoryEntry[]>,
  wanted: (entry: DirectoryEntry) => boolean,
): AsyncGenerator<readonly DirectoryEntry[]> {
  for await (const batch of batches) {
    if (context.interruption.aborted) throw new ReplyError(426, 'Aborted.');
    const kept = batch.filter(wanted);
    if (kept.length > 0) yield kept;
  }
}

async function statusOf({ session, storage }: CommandContext, argument: string): Promise<FileStatus | undefined> {
  try {
    return await storage.stat(resolvePath(session.directory, argument));
  } catch (error) {
    if (error instanceof StorageError && ABSENT.has(error.kind)) return undefined;
    throw error;
  }
}

const ABSENT = new Set<string>(['not-found', 'not-a-directory', 'invalid-name', 'name-too-long']);
