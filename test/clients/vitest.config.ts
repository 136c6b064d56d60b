import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/clients/**/*.test.ts'],
    // Longer than the time limit of a client: that one's failure tells more.
    testTimeout: 40_000,
    hookTimeout: 20_000,
  },
});
