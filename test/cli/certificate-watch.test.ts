import { rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CertificateWatch } from '../../src/cli/certificate-watch.ts';
import type { TlsIdentity } from '../../src/tls/identity.ts';
import { selfSigned } from '../../src/tls/self-signed.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A certificate in files that are watched, with everything that comes of it. */
async function watched({ everyMs = 60_000 } = {}) {
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
  const look = async (times: number) => {
    for (let time = 0; time < times; time++) await watch.look();
  };
  return { watch, look, folder, files, put, first, renewals, lines };
}

test('certificates whose files change are renewed once, when nobody has touched them for a while', async () => {
  const { look, put, renewals, lines } = await watched();
  await look(3);
  const next = selfSigned(['localhost']);
  await put(next);
  await look(1);
  expect(renewals).toEqual([]);
  await look(3);
  expect(renewals).toEqual([[next]]);
  expect(lines).toEqual([expect.stringMatching(/^info certificates renewed files=.*cert\.pem$/)]);
});

test('a certificate that is there before its key is not tried without it', async () => {
  const { look, files, renewals, lines } = await watched();
  const next = selfSigned(['localhost']);
  await writeFile(files.certificate, next.certificate);
  await look(1);
  await writeFile(files.key, next.key);
  await look(2);
  expect(renewals).toEqual([[next]]);
  expect(lines).toHaveLength(1);
});

test('they are looked at without being asked for it', async () => {
  const { put, renewals } = await watched({ everyMs: 5 });
  const next = selfSigned(['localhost']);
  await put(next);
  await expect.poll(() => renewals.at(-1)).toEqual([next]);
});

test('a link that is set to another file counts as a change', async () => {
  const { look, folder, files, first, renewals } = await watched();
  const next = selfSigned(['localhost']);
  const both = join(folder, 'both.pem');
  await writeFile(both, next.key + next.certificate);
  for (const path of [files.certificate, files.key]) {
    await symlink(both, join(folder, 'link'));
    await rename(join(folder, 'link'), path);
  }
  await look(2);
  expect(renewals).toHaveLength(1);
  expect(renewals[0]![0]!.certificate).toContain(next.certificate);
  expect(renewals[0]![0]!.certificate).not.toContain(first.certificate);
});

test('files that cannot be used change nothing, and are told of in one line', async () => {
  const { look, put, files, first, renewals, lines } = await watched();
  await writeFile(files.certificate, selfSigned(['localhost'], 0).certificate);
  await look(5);
  expect(lines).toEqual([
    expect.stringMatching(
      /^error certificates not renewed, those before stay .*cert\.pem (does not belong|has expired)/,
    ),
  ]);
  await unlink(files.key);
  await look(5);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/key .*key\.pem does not exist/);
  expect(renewals).toEqual([]);
  await put(first);
  await look(5);
  expect(renewals).toEqual([[first]]);
});

test('files are read at once when somebody asks for it', async () => {
  const { watch, put, renewals } = await watched();
  const next = selfSigned(['localhost']);
  await put(next);
  await watch.reread();
  expect(renewals).toEqual([[next]]);
});
