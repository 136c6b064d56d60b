import { fstatSync, openSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { startCarrier } from '../../src/runtime/carrier.ts';

test('a process that the system refuses to make is one that ended, and its client is dropped', async () => {
  const { execPath } = process;
  onTestFinished(() => {
    process.execPath = execPath;
  });
  // As ENOMEM does, this makes spawn() throw.
  process.execPath = '\0';
  const fd = openSync('/dev/null', 'r');
  const end = { address: '127.0.0.1', port: 1 };
  const carrier = startCarrier('process', {
    unit: 1,
    service: { module: '', options: null },
    client: { fd, local: end, remote: end, entrance: 0 },
  });
  expect(await carrier.ended).toMatch(/^could not be started: /);
  expect(() => fstatSync(fd)).toThrow('EBADF');
});
