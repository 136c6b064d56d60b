/**
 * The digest of what a client has just uploaded, made while it came. A client that compares its uploads asks for one after
 * each: from the second one on, the file need not be read again.
 */
import type { FileStatus } from '../storage/file-system.ts';
import type { CommandContext } from './command.ts';
import { type Digest, newDigest } from './digest.ts';
import type { HashAlgorithm } from './hash-algorithms.ts';

/** A digest, and the file as it was then. */
export interface UploadDigest {
  readonly path: string;
  readonly algorithm: HashAlgorithm;
  readonly digest: string;
  readonly file: Identity;
}

type Identity = Readonly<Pick<FileStatus, 'id' | 'size' | 'modifiedMs'>>;

/** @returns what is to be told of an upload's octets, if this client has asked for the digest of a file before. */
export function uploadDigest({ session }: Pick<CommandContext, 'session'>): Digest | undefined {
  return session.comparesBy && newDigest(session.comparesBy);
}

/**
 * When the upload is there under its name.
 * @param size octets that were uploaded. A file that has others by now is somebody else's, who was as quick.
 */
export async function rememberDigest(
  { session, storage }: CommandContext,
  path: string,
  digest: Digest,
  size: number,
): Promise<void> {
  const algorithm = session.comparesBy;
  const file = await identityOf(storage, path);
  if (algorithm && file?.size === size) session.uploadDigest = { path, algorithm, digest: digest.hex(), file };
}

/**
 * @returns undefined when it has to be computed: another file, another algorithm, or changed since. A change within a tick of
 *   the file system's clock (10 ms at most) after the upload, that leaves the size as it is, goes unseen.
 */
export async function digestOfUpload(
  { session, storage }: CommandContext,
  path: string,
  algorithm: HashAlgorithm,
): Promise<string | undefined> {
  session.comparesBy = algorithm;
  const known = session.uploadDigest;
  if (known?.path !== path || known.algorithm !== algorithm) return undefined;
  const file = await identityOf(storage, path);
  return file && isSame(file, known.file) ? known.digest : undefined;
}

async function identityOf(storage: CommandContext['storage'], path: string): Promise<Identity | undefined> {
  // The upload is done, and reading the file again works as well: nothing depends on this.
  const status = await storage.stat(path).catch(() => undefined);
  // A storage that does not tell its files apart cannot tell whether it is still the same one.
  return status?.id === undefined ? undefined : { id: status.id, size: status.size, modifiedMs: status.modifiedMs };
}

function isSame(one: Identity, other: Identity): boolean {
  return one.id === other.id && one.size === other.size && one.modifiedMs === other.modifiedMs;
}
