import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OptionsError } from '../../src/services/check-options.ts';
import { checkHttpServiceOptions, type HttpServiceOptions } from '../../src/services/http-options.ts';

describe('options of the HTTP service', () => {
  test('need only a root; everything else has a default', () => {
    expect(checkHttpServiceOptions({ root: 'files' })).toEqual({
      root: resolve('files'),
      symlinks: 'inside',
      index: false,
      timeouts: { headersMs: 30_000, requestMs: 60_000, keepAliveMs: 15_000, stallMs: 60_000 },
      maxHeaderBytes: 16_384,
      log: { level: 'error', format: 'text' },
    });
  });

  test.each<[unknown, string]>([
    [{}, 'root is missing: it must be text'],
    [{ root: '/srv', index: 'yes' }, 'index must be true or false'],
    [{ root: '/srv', anonymous: 'read-only' }, 'unknown option anonymous'],
    [{ root: '/srv', maxHeaderBytes: 5 }, 'maxHeaderBytes must be a whole number of octets from 1024 to 1048576'],
    [
      { root: '/srv', timeouts: { headersMs: 10, requestMs: 9 } },
      'timeouts must not have a longer headersMs than requestMs',
    ],
  ])('%j are refused: %s', (options, message) => {
    expect(() => checkHttpServiceOptions(options as HttpServiceOptions)).toThrow(new OptionsError(message));
  });
});
