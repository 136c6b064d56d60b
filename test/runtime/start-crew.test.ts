import { startCrew, UnitFailedError } from 'ohai-ftpd';
import { expect, test } from 'vitest';

const service = {
  module: `data:text/javascript,export const createService = async () => ({
    serve: async () => {}, drain() {}, async [Symbol.asyncDispose]() {} })`,
  options: null,
};

test('a chapter that cannot be loaded is told at the start, not tried by one child after the other', async () => {
  const chapter = 'data:text/javascript,export const somethingElse = 1';
  const started = startCrew({ service, listen: { host: '127.0.0.1', port: 0 } }, { size: 2, chapter });
  await expect(started).rejects.toThrow(UnitFailedError);
  await expect(started).rejects.toThrow('does not export inEachChild');
});
