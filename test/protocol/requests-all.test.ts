/** Tests of the protocol once more, with every command run by a pool. */
import { describe, vi } from 'vitest';

vi.mock('../../src/services/ftp.ts', async (original) => {
  const { withRequests } = await import('../support/in-process-requests.ts');
  return withRequests('all', await original());
});

describe('with every command run by a pool,', async () => {
  await import('./conversation.test.ts');
  await import('./wire-rules-abort.test.ts');
  await import('./wire-rules-data-connection.test.ts');
  await import('./wire-rules-faults.test.ts');
  await import('./wire-rules-transfer.test.ts');
  await import('./security-rules-access.test.ts');
  await import('./security-rules-control.test.ts');
  await import('./security-rules-data.test.ts');
  await import('./transfer-rates.test.ts');
  await import('./commands/data-connection.test.ts');
  await import('./commands/login.test.ts');
  await import('./commands/transfer.test.ts');
});
