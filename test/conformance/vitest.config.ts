import { defineConfig } from 'vitest/config';
import { patience } from '../support/patience.ts';

/** What becomes of every architecture when things go wrong, or come in masses. */
export default defineConfig({
  test: {
    include: ['faults-*', 'limits', 'passive-ports'].map((name) => `test/conformance/${name}.test.ts`),
    testTimeout: 30_000,
    expect: patience,
  },
});
