import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real FTP clients have a suite of their own: `npm run test:clients`.
    exclude: ['test/clients/**'],
    testTimeout: 15_000,
  },
});
