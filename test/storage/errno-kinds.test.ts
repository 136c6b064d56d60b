import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { errnoCodeOf, translateError, translateErrors } from '../../src/storage/errno-kinds.ts';
import { StorageError } from '../../src/storage/storage-error.ts';

/** An error as Node's fs throws it. */
function systemError(code: string, errno: number): Error {
  return Object.assign(new Error(`${code}: open '/real/path'`), { code, errno: -errno, syscall: 'open' });
}

const kindOf = (code: keyof typeof constants.errno) =>
  translateError(systemError(code, constants.errno[code]), 'write', '/path');

describe('translateError', () => {
  it('W31: knows a full disk, a used-up quota and a file that is too large', () => {
    expect(kindOf('ENOSPC')).toMatchObject({ kind: 'no-space' });
    expect(kindOf('EDQUOT')).toMatchObject({ kind: 'over-quota' });
    expect(kindOf('EFBIG')).toMatchObject({ kind: 'too-large' });
    expect(kindOf('EMFILE')).toMatchObject({ kind: 'too-many-open-files' });
    expect(kindOf('EROFS')).toMatchObject({ kind: 'read-only' });
  });

  it('goes by the number, as Node has no name for some', () => {
    const quota = systemError('Unknown system error -122', constants.errno.EDQUOT);
    expect(errnoCodeOf(quota)).toBe('EDQUOT');
    expect(translateError(quota, 'write', '/path')).toMatchObject({ kind: 'over-quota' });
  });

  it('calls what is not in the table an input-output error', () => {
    expect(kindOf('EIO')).toMatchObject({ kind: 'input-output' });
    expect(kindOf('EMLINK')).toMatchObject({ kind: 'input-output' });
  });

  it('S16: has the virtual path in its message, on one line, and nothing of the real one', () => {
    const error = translateError(systemError('ENOENT', constants.errno.ENOENT), 'stat', '/a\x1b[2Jb') as Error;
    expect(error.message).toBe('stat "/a\\u001b[2Jb": ENOENT');
    expect(error.cause).toBeUndefined();
  });

  it('lets faults and errors that are translated already pass as they are', async () => {
    for (const error of [new TypeError('a mistake'), new StorageError('busy'), 'no error at all']) {
      expect(translateError(error, 'stat', '/')).toBe(error);
      await expect(translateErrors('stat', '/', () => Promise.reject(error))).rejects.toBe(error);
    }
  });
});
