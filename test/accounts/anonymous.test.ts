import { describe, expect, test } from 'vitest';
import { AnonymousAuthenticator } from '../../src/accounts/anonymous.ts';

const READ_ONLY = new AnonymousAuthenticator({ access: 'read-only' });

describe('anonymous login', () => {
  test.each(['anonymous', 'ftp', 'Anonymous', 'FTP'])('takes the name %s with any password', async (user) => {
    for (const password of ['', 'me@example.com']) {
      expect(await READ_ONLY.authenticate({ user, password })).toEqual({
        name: 'anonymous',
        home: '/',
        permissions: ['list', 'read'],
      });
    }
  });

  test.each(['', 'anon', 'ftpuser', ' ftp'])('does not take the name "%s"', async (user) => {
    expect(await READ_ONLY.authenticate({ user, password: '' })).toBeUndefined();
  });

  test('on a writable server may upload and make directories, but neither delete nor rename', async () => {
    const writable = new AnonymousAuthenticator({ access: 'writable', home: '/incoming' });
    expect(await writable.authenticate({ user: 'ftp', password: '' })).toEqual({
      name: 'anonymous',
      home: '/incoming',
      permissions: ['list', 'read', 'write', 'make-directory'],
    });
  });
});
