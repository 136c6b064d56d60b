import { defineConfig } from 'vitest/config';
import { patience } from '../support/patience.ts';

export default defineConfig({
  test: {
    include: ['test/clients/**/*.test.ts'],
    // Longer than the time limit of a client: that one's failure tells more.
    testTimeout: 40_000,
    expect: patience,
    hookTimeout: 20_000,
  },
});
