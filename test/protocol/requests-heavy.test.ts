/** Tests of the protocol once more, with those commands run by a pool that would keep an event loop busy. */
import { describe, vi } from 'vitest';

vi.mock('../../src/services/ftp.ts', async (original) => {
  const { withRequests } = await import('../support/in-process-requests.ts');
  return withRequests('heavy', await original());
});

describe('with heavy commands run by a pool,', async () => {
  await import('./wire-rules-abort.test.ts');
  await import('./wire-rules-transfer.test.ts');
  await import('./commands/files.test.ts');
  await import('./commands/hash.test.ts');
  await import('./commands/listing.test.ts');
  await import('./commands/status.test.ts');
});
