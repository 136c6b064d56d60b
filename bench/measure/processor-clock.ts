/** The clock of a process, which runs while its threads do: clock_gettime(2), clock_getcpuclockid(3). Linux. */
import { libraryFunction } from '../../src/posix/libc.ts';

const clockGettime = libraryFunction<[clock: number, time: Uint8Array], number>(
  'int clock_gettime(int clock, uint8_t *time)',
);

/** CPUCLOCK_SCHED of <linux/posix-timers.h>: nanoseconds of the scheduler, of all threads that it has had. */
const CPUCLOCK_SCHED = 2;

/** CLOCK_THREAD_CPUTIME_ID of <linux/time.h>: of the thread that asks. */
export const OWN_THREAD_CLOCK = 3;

/** struct timespec: seconds and nanoseconds. */
const time = new BigInt64Array(2);
const octets = new Uint8Array(time.buffer);

export function processClock(pid: number): number {
  return (~pid << 3) | CPUCLOCK_SCHED;
}

/** @returns undefined when there is no such process. @throws PosixUnavailableError. */
export function clockSeconds(clock: number): number | undefined {
  if (clockGettime(clock, octets) !== 0) return undefined;
  return Number(time[0]) + Number(time[1]) / 1e9;
}
