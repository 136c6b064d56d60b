import { defineConfig } from 'vitest/config';

/** Chance against everything that reads what strangers send. FUZZ_SECONDS and FUZZ_SEED: see budget.ts. */
export default defineConfig({
  test: {
    include: ['test/fuzz/**/*.test.ts'],
    // Its time is bounded by what it was given; this only ends what hangs.
    testTimeout: 3_600_000,
    hookTimeout: 60_000,
    // Processor time is counted, and not that of another file.
    fileParallelism: false,
  },
});
