import { rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CertificateWatch } from '../../src/cli/certificate-watch.ts';
import type { TlsIdentity } from '../../src/tls/identity.ts';
import { selfSigned } from '../../src/tls/self-signed.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A certificate in files that are watched, with everything that comes of it. */
async function watched(everyMs = 5) {
  const folder = await temporaryDirectory();
  const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const put = async ({ certificate, key }: TlsIdentity) => {
    await writeFile(files.certificate, certificate);
    await writeFile(files.key, key);
  };
  const first = selfSigned(['localhost']);
  await put(first);
  const renewals: (readonly TlsIdentity[])[] = [];
  const { log, lines } = recordedLog();
  const watch = await CertificateWatch.start({
    files: [files],
    renew: (identities) => renewals.push(identities),
    log,
    everyMs,
  });
  onTestFinished(() => watch[Symbol.dispose]());
  return { watch, folder, files, put, first, renewals, lines };
}

test('certificates whose files change are renewed once', async () => {
  const { put, renewals, lines } = await watched();
  const next = selfSigned(['localhost']);
  await put(next);
  await expect.poll(() => renewals).toEqual([[next]]);
  const after = selfSigned(['localhost']);
  await put(after);
  await expect.poll(() => renewals).toEqual([[next], [after]]);
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['info', 'info']);
});

test('a link that is set to another file counts as a change', async () => {
  const { folder, files, first, renewals } = await watched();
  const next = selfSigned(['localhost']);
  const both = join(folder, 'both.pem');
  await writeFile(both, next.key + next.certificate);
  for (const path of [files.certificate, files.key]) {
    await symlink(both, join(folder, 'link'));
    await rename(join(folder, 'link'), path);
  }
  await expect.poll(() => renewals.at(-1)?.[0]?.certificate).toContain(next.certificate);
  expect(renewals.at(-1)![0]!.certificate).not.toContain(first.certificate);
});

test('files that cannot be used change nothing, and are told of in one line', async () => {
  const { put, files, first, renewals, lines } = await watched();
  await writeFile(files.certificate, selfSigned(['localhost'], 0).certificate);
  await expect.poll(() => lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    /^error certificates not renewed, those before stay .*cert\.pem (does not belong|has expired)/,
  );
  await unlink(files.key);
  await expect.poll(() => lines).toHaveLength(2);
  expect(lines[1]).toMatch(/key .*key\.pem does not exist/);
  expect(renewals).toEqual([]);
  await put(first);
  await expect.poll(() => renewals).toEqual([[first]]);
});

test('files are read at once when somebody asks for it', async () => {
  const { watch, put, renewals } = await watched(60_000);
  const next = selfSigned(['localhost']);
  await put(next);
  await watch.reread();
  expect(renewals).toEqual([[next]]);
});
