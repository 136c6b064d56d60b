import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CommandLine, isRoot, NOBODY, type Setting } from './candidate.ts';
import { HOW_TO_FETCH, type Peer } from './peer.ts';
import type { Certificate } from './tls-setting.ts';
import { toldVersion } from './told-version.ts';
import { findProgram, unpackDebian } from './unpack.ts';

const run = promisify(execFile);

/** @param file where it gets certificate and key in one. */
async function overTls({ certificate, key }: Certificate, file: string): Promise<string[]> {
  const both = await Promise.all([certificate, key].map((each) => readFile(each)));
  await writeFile(file, Buffer.concat(both), { mode: 0o600 });
  return ['-Y', '1', '-2', file];
}

/**
 * pure-ftpd(8). Without root it starts and then lets nobody in. Its own anonymous login asks for a system user `ftp`;
 * here `anonymous` is a virtual user, with MD5-crypt, since the Argon2 of pure-pw(8) is meant to be slow. Its listen
 * queue of 8 cannot be changed: of more clients at once, some have to try again.
 */
export const pureFtpd: Peer = {
  name: 'pure-ftpd',
  async missing() {
    if (!(await findProgram('pure-ftpd', 'pure-ftpd'))) return HOW_TO_FETCH;
    return isRoot ? undefined : 'runs as root only';
  },
  fetch: () => unpackDebian('pure-ftpd', ['pure-ftpd', 'pure-ftpd-common']),
  version: async () => toldVersion((await findProgram('pure-ftpd', 'pure-ftpd'))!, ['--help']),

  async commandLine({ address, port, root, scratch, clients, tls }: Setting): Promise<CommandLine> {
    const passwords = join(scratch, 'passwd');
    const database = join(scratch, 'passwd.pdb');
    const { stdout: hash } = await run('openssl', ['passwd', '-1', 'bench@example.org']);
    const limits = ':'.repeat(12);
    await writeFile(passwords, `anonymous:${hash.trim()}:${NOBODY.uid}:${NOBODY.gid}::${root}/./${limits}\n`);
    const tool = (await findProgram('pure-pw', 'pure-ftpd'))!;
    await run(tool.program, ['mkdb', database, '-f', passwords], { env: { ...process.env, ...tool.env } });
    const most = String(clients + 200);
    const args = [
      ...['-S', `${address},${port}`],
      ...['-l', `puredb:${database}`],
      ...['-g', join(scratch, 'pid')],
      // No anonymous users, no names of addresses, many clients of all and of each address, files readable, IPv4.
      ...['-E', '-H', '-c', most, '-C', most, '-U', '022:022', '-4'],
      // No limit of load, of idling or of the entries of a listing that a benchmark could reach.
      ...['-m', '1000', '-I', '60', '-L', '1000000:5'],
      ...(tls ? await overTls(tls, join(scratch, 'certificate.pem')) : []),
    ];
    return { ...(await findProgram('pure-ftpd', 'pure-ftpd'))!, args };
  },
};
