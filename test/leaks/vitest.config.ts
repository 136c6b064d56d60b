import { defineConfig } from 'vitest/config';
import { patience } from '../support/patience.ts';

export default defineConfig({
  test: {
    include: ['test/leaks/**/*.test.ts'],
    // One server at a time: they count processor time and memory, not each other's.
    fileParallelism: false,
    // A process for each of 2,000 clients takes its time.
    testTimeout: 600_000,
    expect: patience,
  },
});
