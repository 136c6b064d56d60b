/** Flags of open(2) that Node's fs.constants does not have. Linux, the same on x64 and arm64. */

/** A descriptor that names a place in the tree and can neither be read nor written. */
export const O_PATH = 0o10000000;
/** Closed in a program that this process executes. */
export const O_CLOEXEC = 0o2000000;
