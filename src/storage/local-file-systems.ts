/** File systems that have in the kernel's memory what they know of a file that is in its cache, so that a look never waits. */
import { statfs } from 'node:fs/promises';

/**
 * <linux/magic.h>, statfs(2). Not those that ask a server (NFS, SMB, Ceph) or a program (FUSE): who waits for one of these
 * may wait for ever.
 */
const IN_MEMORY = new Set([
  0x0102_1994, // tmpfs
  0x8584_58f6, // ramfs
]);

const ON_DISK = new Set([
  0xef53, // ext2, ext3, ext4
  0x5846_5342, // XFS
  0x9123_683e, // Btrfs
  0xf2f5_2010, // F2FS
  0x2fc1_2fc1, // ZFS
  0x794c_7630, // overlayfs
]);

/** Where a file system of this machine keeps its files. */
export type Medium = 'memory' | 'disk';

/** @param path in Node's terms. @returns undefined for file systems elsewhere, and for those that are not known here. */
export async function localMedium(path: string | Buffer): Promise<Medium | undefined> {
  const { type } = await statfs(path);
  if (IN_MEMORY.has(type)) return 'memory';
  return ON_DISK.has(type) ? 'disk' : undefined;
}
