import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/report/**/*.test.ts'],
    // A browser starts in it, and draws some thirty charts more than once.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
