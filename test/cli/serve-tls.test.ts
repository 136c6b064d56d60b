import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { CheckedFtpServiceOptions } from '../../src/services/ftp-options.ts';
import { selfSigned } from '../../src/tls/self-signed.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { FakeHost } from './fake-host.ts';
import { FakeRunner } from './fake-runner.ts';

function serve(...words: string[]) {
  return serveOn(new FakeHost(), ...words);
}

async function serveOn(host: FakeHost, ...words: string[]) {
  host.env.XDG_STATE_HOME = await temporaryDirectory();
  const runner = new FakeRunner('reactor');
  const argv = ['node', 'ohai-ftpd', 'serve', '--root', await temporaryDirectory(), ...words];
  const ended = runCommandLine({ architectures: [runner], argv, host });
  const code = await Promise.race([ended, runner.started.promise]);
  const stop = () => {
    runner.closed.resolve();
    host.emit('SIGTERM', 'SIGTERM');
    return ended;
  };
  const options = runner.runs[0]?.service.options as unknown as CheckedFtpServiceOptions;
  return { host, runner, code, options, out: host.takeOut(), err: host.takeErr(), stop };
}

async function filesOf({ certificate, key } = selfSigned(['localhost'])) {
  const folder = await temporaryDirectory();
  const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  await writeFile(files.certificate, certificate);
  await writeFile(files.key, key);
  return { ...files, words: ['--tls-cert', files.certificate, '--tls-key', files.key] };
}

describe('serve with a certificate', () => {
  test('offers TLS, and lets in those who do without', async () => {
    const { words } = await filesOf();
    const { options, out, stop } = await serve(...words);
    expect(options.tls).toMatchObject({
      implicit: 'nowhere',
      required: 'none',
      minVersion: 'TLSv1.2',
      clientCertificates: 'ignore',
      dataResumption: 'offer',
      unannouncedEnd: 'cut',
    });
    expect(out).toContain('  TLS        for those who ask for it\n');
    expect(await stop()).toBe(0);
  });

  test('passes on how it is to be used', async () => {
    const { words, certificate } = await filesOf();
    const { options, out, runner, stop } = await serve(
      ...words,
      ...['--require-tls', 'all', '--implicit-port', '990', '--tls-min-version', '1.3', '--tls-resumption', 'require'],
      ...['--tls-unannounced-end', 'whole', '--tls-client-certs', 'ask', '--tls-client-ca', certificate],
      '--tls-strict-name',
    );
    expect(options.tls).toMatchObject({
      implicit: 'at-further-addresses',
      required: 'all',
      minVersion: 'TLSv1.3',
      clientCertificates: 'ask',
      strictServerName: true,
      dataResumption: 'require',
      unannouncedEnd: 'whole',
    });
    expect(runner.runs[0]!.alsoListen).toEqual([{ host: '127.0.0.1', port: 990 }]);
    expect(out).toContain(' on ftp://127.0.0.1:2121 and ftps://127.0.0.1:990\n');
    expect(await stop()).toBe(0);
  });

  test('takes a pair of files for each further name', async () => {
    const first = await filesOf();
    const second = await filesOf(selfSigned(['ftp.example.org']));
    const { options, stop } = await serve(...first.words, ...second.words);
    expect(options.tls!.identities).toHaveLength(2);
    expect(await stop()).toBe(0);
  });

  test('reads it again at SIGHUP, without stopping', async () => {
    const { words, certificate, key } = await filesOf();
    const { host, runner, stop } = await serve(...words);
    const next = selfSigned(['localhost']);
    await writeFile(certificate, next.certificate);
    await writeFile(key, next.key);
    host.emit('SIGHUP', 'SIGHUP');
    await expect.poll(() => runner.reconfigured).toHaveLength(1);
    expect(runner.reconfigured[0]).toMatchObject({ tls: { identities: [next] }, anonymous: 'read-only' });
    expect(host.takeErr()).toContain('certificates renewed');
    expect(await stop()).toBe(0);
  });

  test('is stopped by SIGHUP when its terminal is closed', async () => {
    const { words } = await filesOf();
    const host = Object.assign(new FakeHost(), { stdin: Object.assign(new PassThrough(), { isTTY: true }) });
    const { runner } = await serveOn(host, ...words, '--grace', '1');
    host.emit('SIGHUP', 'SIGHUP');
    expect(runner.graces).toEqual([1000]);
    runner.closed.resolve();
  });

  test.each([
    [
      ['--tls-cert', 'missing.pem', '--tls-key', 'missing.pem'],
      1,
      /^ohai-ftpd: certificate .*missing\.pem does not exist\n$/,
    ],
    [['--tls-cert', 'a.pem'], 2, /each --tls-cert needs its --tls-key/],
    [
      ['--require-tls', 'all'],
      2,
      /--require-tls all needs a certificate: add --tls-cert and --tls-key, or --tls self-signed/,
    ],
    [['--implicit-port', '990'], 2, /--implicit-port needs a certificate/],
    [['--tls-client-certs', 'ask'], 2, /--tls-client-certs ask needs a certificate/],
    [['--tls', 'self-signed', '--tls-client-certs', 'ask'], 2, /needs the authorities to trust: add --tls-client-ca/],
    [['--tls', 'self-signed', '--service', 'http'], 2, /TLS is for FTP; with --service http there is none/],
    [['--tls', 'nonsense'], 2, /Allowed choices are self-signed/],
    [['--tls', 'self-signed', '--tls-ciphers', 'nonsense'], 2, /tls\.ciphers must be a list of ciphers/],
  ])('refuses %j in one line', async (words, expected, message) => {
    const { code, err } = await serve(...words);
    expect(code).toBe(expected);
    expect(err).toMatch(message);
    expect(err.match(/\n/g)).toHaveLength(1);
  });

  test('refuses a certificate that has expired, and one of another key', async () => {
    const expired = await filesOf(selfSigned(['localhost'], 0));
    expect((await serve(...expired.words)).err).toMatch(/^ohai-ftpd: certificate .*cert\.pem has expired on /);
    const foreign = await filesOf({ ...selfSigned(['localhost']), key: selfSigned(['localhost']).key });
    expect((await serve(...foreign.words)).err).toMatch(/cert\.pem does not belong to the key\n$/);
  });
});

describe('serve with a certificate of its own', () => {
  test('tells where it is, and how to know it', async () => {
    const { options, out, stop } = await serve('--tls', 'self-signed');
    expect(options.tls!.identities).toHaveLength(1);
    expect(out).toMatch(/^ {2}certificate .*\/ohai-ftpd\/self-signed\.pem$/m);
    expect(out).toMatch(/SHA-256 [0-9A-F]{2}(:[0-9A-F]{2}){31}\n/);
    expect(out).toMatch(/^ {2}curl --ssl-reqd --cacert \S+self-signed\.pem ftp:\/\/127\.0\.0\.1:2121\/$/m);
    expect(await stop()).toBe(0);
  });
});
