/** Files that several workloads offer. */
import type { ServedFile } from './workload.ts';

export const MIB = 2 ** 20;

/** A page, a mail, a thumbnail. */
export const SMALL = { name: 'small.bin', octets: 1024 } satisfies ServedFile;
/** Long enough that what comes before and after its transfer does not count. */
export const LARGE = { name: 'large.bin', octets: 256 * MIB } satisfies ServedFile;
export const MEDIUM = { name: 'medium.bin', octets: MIB } satisfies ServedFile;
