import { execFile, execFileSync } from 'node:child_process';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { startHttpServer } from '../support/http-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const CONTENT = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));

/** Runs curl against a server whose `/folder/file.bin` is CONTENT; `URL` in the arguments is the server's. */
async function startSite() {
  const root = await temporaryDirectory();
  await mkdir(join(root, 'folder'));
  const path = join(root, 'folder', 'file.bin');
  await writeFile(path, CONTENT);
  await utimes(path, 784_111_777, 784_111_777);
  const server = await startHttpServer({ root });
  const curl = async (...options: string[]) => {
    const run = promisify(execFile)(
      'curl',
      ['--silent', '--show-error', ...options].map((text) => text.replace('URL', server.url)),
    );
    return (await run).stdout;
  };
  return { server, curl, target: join(await temporaryDirectory(), 'target') };
}

const WRITE_CODE = ['--write-out', '%{http_code}', '--output', '/dev/null'];

describe.skipIf(!isThere())('curl', () => {
  test('downloads a file, follows a redirection to a directory, and keeps its connection', async () => {
    const { server, curl, target } = await startSite();
    const page = await curl('--location', 'URL/folder', 'URL/folder/file.bin', '--output', target, 'URL/folder/');
    expect(page).toContain('href="file.bin"');
    const told = await curl(
      'URL/folder/file.bin',
      '--output',
      target,
      '--remote-time',
      '--write-out',
      '%{size_download}',
    );
    expect(told).toBe(String(CONTENT.length));
    expect((await readFile(target)).equals(CONTENT)).toBe(true);
    expect(server.served).toHaveLength(2);
  });

  test('resumes a download, and has nothing to do for one that is complete', async () => {
    const { curl, target } = await startSite();
    await writeFile(target, CONTENT.subarray(0, 1234));
    const code = await curl('-C', '-', 'URL/folder/file.bin', '--output', target, '--write-out', '%{http_code}');
    expect(code).toBe('206');
    expect((await readFile(target)).equals(CONTENT)).toBe(true);
    expect(await curl('-C', '-', 'URL/folder/file.bin', '--output', target, '--write-out', '%{http_code}')).toBe('416');
    expect((await readFile(target)).equals(CONTENT)).toBe(true);
  });

  test('asks for a part, for the head, and for what is newer', async () => {
    const { curl, target } = await startSite();
    await curl('--range', '250-252', 'URL/folder/file.bin', '--output', target);
    expect([...(await readFile(target))]).toEqual([250, 0, 1]);
    expect(await curl('--head', 'URL/folder/file.bin')).toContain('Content-Length: 300000\r\n');
    expect(await curl(...WRITE_CODE, '--time-cond', 'Sun, 06 Nov 1994 08:49:37 GMT', 'URL/folder/file.bin')).toBe(
      '304',
    );
    expect(await curl(...WRITE_CODE, '--time-cond', 'Sun, 06 Nov 1994 08:49:36 GMT', 'URL/folder/file.bin')).toBe(
      '200',
    );
    const tags = `${target}.etag`;
    await curl('--etag-save', tags, ...WRITE_CODE, 'URL/folder/file.bin');
    expect(await curl('--etag-compare', tags, ...WRITE_CODE, 'URL/folder/file.bin')).toBe('304');
  });

  test('cannot store, delete or climb out', async () => {
    const { curl, target } = await startSite();
    await writeFile(target, Buffer.alloc(4_000_000));
    expect(await curl(...WRITE_CODE, '--upload-file', target, 'URL/folder/')).toBe('405');
    expect(await curl(...WRITE_CODE, '--expect100-timeout', '0.01', '--header', 'Expect:', '-T', target, 'URL/x')).toBe(
      '405',
    );
    expect(await curl(...WRITE_CODE, '--request', 'DELETE', 'URL/folder/file.bin')).toBe('405');
    expect(await curl(...WRITE_CODE, '--path-as-is', 'URL/../../../../../../etc/passwd')).toBe('404');
  });
});

function isThere(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
