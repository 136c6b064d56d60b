/** What the system lets this process have: getrlimit(2). */
import { systemCall } from './libc.ts';

/** <sys/resource.h>. Everywhere but on Linux it is the BSDs' number. */
const RLIMIT_NOFILE = process.platform === 'linux' ? 7 : 8;
/** struct rlimit: the soft limit, then the hard one, each a rlim_t. */
const RLIMIT_OCTETS = 16;

const getrlimit = systemCall<[resource: number, limits: Uint8Array]>(
  'getrlimit',
  'int getrlimit(int resource, uint8_t *limits)',
);

/**
 * The number that descriptors of this process stay below (RLIMIT_NOFILE). The kernel always gives the lowest one that is
 * free, so one near it tells that few are left.
 *
 * @returns Number.POSITIVE_INFINITY where there is no limit. @throws PosixUnavailableError.
 */
export function descriptorLimit(): number {
  const limits = Buffer.alloc(RLIMIT_OCTETS);
  getrlimit(RLIMIT_NOFILE, limits);
  const [soft] = new BigUint64Array(limits.buffer, limits.byteOffset, 1);
  // RLIM_INFINITY is the highest number, or nearly.
  return soft! > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(soft);
}
