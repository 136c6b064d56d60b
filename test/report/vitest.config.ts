import { defineConfig } from 'vitest/config';
import { patience } from '../support/patience.ts';

export default defineConfig({
  test: {
    include: ['test/report/**/*.test.ts'],
    // A browser starts in it, and draws some thirty charts more than once.
    testTimeout: 60_000,
    expect: patience,
    hookTimeout: 60_000,
  },
});
