import { defineConfig } from 'vitest/config';
import { patience } from './test/support/patience.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      // Suites that take their time have scripts of their own: `npm run test:clients`, `test:faults`, `test:fuzz`,
      // `test:leaks`, `test:report` and `test:bench`.
      'test/clients/**',
      'test/fuzz/**',
      'test/leaks/**',
      'test/report/**',
      'test/whole-bench/**',
      'test/conformance/faults-*.test.ts',
      'test/conformance/limits.test.ts',
      'test/conformance/passive-ports.test.ts',
    ],
    testTimeout: 15_000,
    expect: patience,
    // Most of them wait for others more than they work. By default, one processor would be left idle.
    maxWorkers: '100%',
  },
});
