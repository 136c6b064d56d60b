import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/whole-bench/**/*.test.ts'],
    // Servers and clients start in it by the dozen, and some of them hang, as they are told to.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
