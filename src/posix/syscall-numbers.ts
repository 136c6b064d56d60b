/**
 * Numbers of calls for which not every C library of Linux has a function, or has had one for long: musl names getdents64
 * differently. Only machines of little-endian octet order, for which the layouts beside this file hold.
 */

interface Numbers {
  readonly getdents64: number;
  readonly preadv2: number;
  readonly statx: number;
}

/** <asm-generic/unistd.h> */
const GENERIC: Numbers = { getdents64: 61, preadv2: 286, statx: 291 };

const BY_ARCHITECTURE: Readonly<Record<string, Numbers>> = {
  x64: { getdents64: 217, preadv2: 327, statx: 332 },
  arm64: GENERIC,
  loong64: GENERIC,
  riscv64: GENERIC,
};

/** Undefined where they are not known. */
export const SYSCALL_NUMBERS = process.platform === 'linux' ? BY_ARCHITECTURE[process.arch] : undefined;
