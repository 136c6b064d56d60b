/** Names that are taken for an upload before it is there: by a file of 0 octets, which the upload replaces at the end. */
import { constants } from 'node:fs';
import { link, lstat, open, rename, unlink } from 'node:fs/promises';
import type { NativePath } from './disk-jail.ts';
import { errnoCodeOf } from './errno-kinds.ts';

/** Fails with EEXIST when the name is taken, by a link as well (open(2)). */
export const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
export const UPLOAD_MODE = 0o666;

/** A name that this process has taken. Exactly one of fill and release ends it. */
export class NameReservation {
  readonly #path: NativePath;
  readonly #device: bigint;
  readonly #inode: bigint;

  private constructor(path: NativePath, device: bigint, inode: bigint) {
    this.#path = path;
    this.#device = device;
    this.#inode = inode;
  }

  /** @throws EEXIST when somebody else has the name: one open(2) both asks and takes. */
  static async take(path: NativePath): Promise<NameReservation> {
    const placeholder = await open(path, CREATE, UPLOAD_MODE);
    try {
      const { dev, ino } = await placeholder.stat({ bigint: true });
      return new NameReservation(path, dev, ino);
    } catch (error) {
      await unlink(path).catch(() => {});
      throw error;
    } finally {
      await placeholder.close();
    }
  }

  /** Gives the name to the file at `from`. @throws EEXIST when it is no longer ours; `from` stays where it is then. */
  async fill(from: NativePath): Promise<void> {
    await ((await this.#isOurs()) ? rename(from, this.#path) : renameToFree(from, this.#path));
  }

  /** Makes the name free again, if it is still ours. */
  async release(): Promise<void> {
    if (await this.#isOurs()) await unlink(this.#path).catch(() => {});
  }

  /**
   * A client may have removed, renamed, replaced or filled the placeholder meanwhile. Since only an empty file counts,
   * no octet of anybody is lost even if the number of the inode has been given to another one.
   */
  async #isOurs(): Promise<boolean> {
    try {
      const { dev, ino, size } = await lstat(this.#path, { bigint: true });
      return dev === this.#device && ino === this.#inode && size === 0n;
    } catch {
      return false;
    }
  }
}

/** rename(2) that never replaces: fails with EEXIST when the name is taken. */
export async function renameToFree(from: NativePath, to: NativePath): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(errnoCodeOf(error) ?? '')) throw error;
    // FAT and some disks on the network have no hard links: take the name, then rename over it.
    const reserved = await NameReservation.take(to);
    try {
      await rename(from, to);
    } catch (failure) {
      await reserved.release();
      throw failure;
    }
    return;
  }
  await unlink(from);
}
