import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keptSelfSigned, stateFolder } from '../../src/cli/kept-self-signed.ts';
import { checkIdentity } from '../../src/tls/identity.ts';
import { selfSigned } from '../../src/tls/self-signed.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

describe('a certificate of the own making', () => {
  test('is the same at each start, and nobody else can read its key', async () => {
    const folder = join(await temporaryDirectory(), 'state');
    const first = await keptSelfSigned(folder, '127.0.0.1');
    const second = await keptSelfSigned(folder, '127.0.0.1');
    expect(second).toEqual(first);
    expect(checkIdentity(first.identity).fingerprint256).toBe(first.fingerprint);
    expect((await stat(first.path)).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  test('is for the address that is listened on, but not for all there are', async () => {
    const names = async (host: string) =>
      checkIdentity((await keptSelfSigned(await temporaryDirectory(), host)).identity).subjectAltName;
    expect(await names('192.0.2.7')).toContain('192.0.2.7');
    expect(await names('0.0.0.0')).not.toContain('0.0.0.0');
    expect(await names('0.0.0.0')).toContain('DNS:localhost');
  });

  test('is made anew when it has expired, or is none any more', async () => {
    const folder = await temporaryDirectory();
    const path = join(folder, 'self-signed.pem');
    const { certificate, key } = selfSigned(['localhost'], 0);
    for (const content of [key + certificate, 'hello']) {
      await writeFile(path, content, { mode: 0o600 });
      const { identity } = await keptSelfSigned(folder, '127.0.0.1');
      expect(() => checkIdentity(identity)).not.toThrow();
      expect(await readFile(path, 'utf8')).toBe(identity.certificate);
    }
  });

  test('that cannot be kept is a failure that names the file', async () => {
    const folder = join(await temporaryDirectory(), 'file');
    await writeFile(folder, '');
    await chmod(folder, 0o600);
    await expect(keptSelfSigned(folder, '127.0.0.1')).rejects.toThrow(/^self-signed certificate .*self-signed\.pem /);
  });
});

test('the state folder is that of systemd, of XDG, or the usual one', () => {
  expect(stateFolder({ STATE_DIRECTORY: '/var/lib/ohai:/other', XDG_STATE_HOME: '/x' })).toBe('/var/lib/ohai');
  expect(stateFolder({ XDG_STATE_HOME: '/x' })).toBe('/x/ohai-ftpd');
  expect(stateFolder({})).toMatch(/\.local\/state\/ohai-ftpd$/);
});
