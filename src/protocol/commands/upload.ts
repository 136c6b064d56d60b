import type { WritableFile, WriteMode } from '../../storage/file-system.ts';
import { StorageError, type StorageErrorKind } from '../../storage/storage-error.ts';
import { decodeLines } from '../../transfer/ascii.ts';
import { isProtected } from '../../transfer/carrier.ts';
import { canTakeIn } from '../../transfer/intake.ts';
import { receive } from '../../transfer/receive.ts';
import { receiveFile } from '../../transfer/receive-file.ts';
import { receiveGathered } from '../../transfer/receive-gathered.ts';
import { throttled } from '../../transfer/throttle.ts';
import { demandPermission } from '../checks.ts';
import type { CommandContext } from '../command.ts';
import { converts } from '../conversion.ts';
import { runTransfer } from '../data-transfer.ts';
import { rateLimits } from '../rates.ts';
import { type Begun, ReplyError } from '../reply.ts';
import { rememberDigest, uploadDigest } from '../upload-digest.ts';
import { resolvePath } from '../virtual-path.ts';

/** How many names STOU tries before it gives up. */
const UNIQUE_NAMES = 10_000;
const NAME_TAKEN: ReadonlySet<StorageErrorKind> = new Set(['exists', 'is-a-directory', 'is-a-symlink']);

export async function store(context: CommandContext, argument: string): Promise<Begun> {
  const { session, storage } = context;
  demandReady(context);
  const path = resolvePath(session.directory, argument);
  const how = await storeMode(context, path);
  return upload(context, 'STOR', path, await storage.write(path, how), {});
}

/** Octets that are there already are gone when they are written over: that takes the permission to delete. */
async function storeMode(context: CommandContext, path: string): Promise<WriteMode> {
  const { storage, account, pending } = context;
  const mayReplace = account.permissions.includes('delete');
  if (pending.restartAt === 0) return { mode: mayReplace ? 'replace' : 'new', ...expectedSize(context) };
  if (!mayReplace && (await storage.stat(path)).size > pending.restartAt) demandPermission(account, 'delete');
  return { mode: 'resume', at: pending.restartAt };
}

export async function append(context: CommandContext, argument: string): Promise<Begun> {
  demandReady(context);
  const path = resolvePath(context.session.directory, argument);
  return upload(context, 'APPE', path, await context.storage.write(path, { mode: 'append' }), {});
}

export async function storeUnique(context: CommandContext, argument: string): Promise<Begun> {
  demandReady(context);
  const { name, path, file } = await openUnique(context, argument === '' ? 'upload' : argument);
  // RFC 1123 section 4.1.2.9 fixes the form of this line, since programs read the name from it.
  const opening = `FILE: ${name}`;
  return upload(context, 'STOU', path, file, { opening, closing: `Transfer complete; stored as ${name}` });
}

function demandReady(context: CommandContext): void {
  const { data, pending } = context;
  data.demandPrepared();
  if (pending.range) throw new ReplyError(504, 'RANG does not apply to uploads; use REST.');
  // TYPE A may have come after REST, and would cut the file at a wrong place (wire rule W17).
  if (pending.restartAt > 0 && converts(context)) {
    throw new ReplyError(504, 'A restart position means nothing in TYPE A; use TYPE I.');
  }
}

function expectedSize({ pending }: CommandContext): { expectedSize?: number } {
  return pending.announcedSize === undefined ? {} : { expectedSize: pending.announcedSize };
}

async function openUnique(context: CommandContext, wanted: string) {
  const { session, storage } = context;
  for (let number = 0; number < UNIQUE_NAMES; number++) {
    const name = number === 0 ? wanted : `${wanted}.${number}`;
    const path = resolvePath(session.directory, name);
    try {
      return { name, path, file: await storage.write(path, { mode: 'new', ...expectedSize(context) }) };
    } catch (error) {
      if (!(error instanceof StorageError && NAME_TAKEN.has(error.kind))) throw error;
    }
  }
  throw new ReplyError(553, 'No name is free.');
}

function upload(
  context: CommandContext,
  verb: string,
  path: string,
  file: WritableFile,
  texts: { readonly opening?: string; readonly closing?: string },
): Begun {
  const { session, storage } = context;
  const text = converts(context);
  // Of a file that others may append to, nobody knows what it holds then; and of one that goes on, what came first.
  const digest = verb !== 'APPE' && file.start === 0 ? uploadDigest(context) : undefined;
  return runTransfer(context, {
    verb,
    direction: 'receive',
    path,
    opening: texts.opening ?? `Opening ${text ? 'ASCII' : 'BINARY'} data connection.`,
    ...(texts.closing !== undefined && { closing: texts.closing }),
    async move(socket, onMoved) {
      const limits = rateLimits(context);
      const onOctets = digest && ((chunk: Uint8Array) => digest.update(chunk));
      const reception = { onMoved, ...(onOctets && { onOctets }) };
      if (!text && limits.length === 0 && isProtected(socket)) return receiveGathered(socket, file, reception);
      if (!text && limits.length === 0 && canTakeIn(socket)) return receiveFile(socket, file, reception);
      const chunks = throttled(receive(socket), { limits, socket, signal: context.interruption.signal });
      for await (const chunk of text ? decodeLines(chunks) : chunks) {
        onOctets?.(chunk);
        await file.write(chunk);
        onMoved(chunk.length);
      }
    },
    async finish(bytes, durationMs) {
      await file.commit();
      if (session.umask !== undefined) await storage.setMode?.(path, 0o666 & ~session.umask);
      if (digest) await rememberDigest(context, path, digest, bytes);
      context.emit({ type: 'upload', path, bytes, durationMs });
    },
    cancel: () => file.abandon(),
  });
}
