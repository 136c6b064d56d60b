import { describe, test } from 'vitest';
import { underFault } from '../conformance/fault-table.ts';
import { expectNoLeak } from './leak-check.ts';

const SESSIONS = 2_000;

/** By which the memory of a server may grow without a leak: heaps settle, and malloc(3) keeps pieces. */
const SETTLING_MEBIBYTES = 32;

/** koffi 3.3 never gives back what it allocates when a thread loads it: some 28 KiB for each thread that there was. */
const KOFFI_MEBIBYTES_PER_THREAD = 30 / 1024;

describe.runIf(process.platform === 'linux')(`after ${SESSIONS} sessions`, () => {
  test.each(underFault)('$name uses what it used before', async ({ name, standing, units }) => {
    const threads = !standing && units === 'threads' ? SESSIONS : 0;
    const mebibytes = SETTLING_MEBIBYTES + threads * KOFFI_MEBIBYTES_PER_THREAD;
    await expectNoLeak({ architecture: name, warmUp: 400, sessions: SESSIONS, mebibytes });
  });
});
