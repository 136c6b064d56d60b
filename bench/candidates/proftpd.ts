import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type CommandLine, isRoot, NOBODY, type Setting } from './candidate.ts';
import { HOW_TO_FETCH, type Peer } from './peer.ts';
import type { Certificate } from './tls-setting.ts';
import { toldVersion } from './told-version.ts';
import { type FoundProgram, findProgram, unpackDebian } from './unpack.ts';

const run = promisify(execFile);

/** Where Debian has them, installed or unpacked. */
function modulesOf({ program }: FoundProgram): string {
  return join(dirname(program), '../lib/proftpd');
}

function overTls({ certificate, key }: Certificate, modules: string): string {
  return `
ModulePath ${modules}
LoadModule mod_tls.c
TLSEngine on
TLSRequired off
TLSProtocol TLSv1.2 TLSv1.3
TLSECCertificateFile ${certificate}
TLSECCertificateKeyFile ${key}
TLSVerifyClient off
TLSOptions NoSessionReuseRequired
`;
}

/**
 * proftpd -n, its configuration at http://www.proftpd.org/docs/. With root, an anonymous login with chroot(2). That
 * needs root; without it, `anonymous` is an account of a password file.
 */
export const proftpd: Peer = {
  name: 'proftpd',
  async missing({ tls } = { tls: false }) {
    const found = await findProgram('proftpd', 'proftpd');
    return found && (!tls || existsSync(join(modulesOf(found), 'mod_tls.so'))) ? undefined : HOW_TO_FETCH;
  },
  fetch: () => unpackDebian('proftpd', ['proftpd-core', 'proftpd-mod-crypto']),
  version: async () => toldVersion((await findProgram('proftpd', 'proftpd'))!, ['-v']),

  async commandLine({ address, port, root, scratch, clients, tls }: Setting): Promise<CommandLine> {
    const found = (await findProgram('proftpd', 'proftpd'))!;
    const { username, uid, gid } = isRoot ? { username: NOBODY.name, ...NOBODY } : userInfo();
    const group = isRoot ? 'nogroup' : (await run('id', ['-gn'])).stdout.trim();
    const passwords = join(scratch, 'passwd');
    const groups = join(scratch, 'group');
    const { stdout: hash } = await run('openssl', ['passwd', '-1', 'bench@example.org']);
    await writeFile(passwords, `anonymous:${hash.trim()}:${uid}:${gid}::${root}:/bin/sh\n`);
    await writeFile(groups, `${group}:*:${gid}:\n`);
    // It refuses password files that others may read.
    await Promise.all([passwords, groups].map((file) => chmod(file, 0o600)));
    const file = join(scratch, 'proftpd.conf');
    await writeFile(file, settings());
    return { ...found, args: ['-n', '-q', '-S', address, '-c', file] };

    function settings(): string {
      return `
${tls ? overTls(tls, modulesOf(found)) : ''}
ServerType standalone
ServerName bench
Port ${port}
DefaultAddress ${address}
SocketBindTight on
User ${username}
Group ${group}
AuthOrder mod_auth_file.c
AuthUserFile ${passwords}
AuthGroupFile ${groups}
RequireValidShell off
PidFile ${join(scratch, 'pid')}
ScoreboardFile ${join(scratch, 'scoreboard')}
DelayTable none
<IfModule mod_delay.c>
  DelayEngine off
</IfModule>
UseReverseDNS off
WtmpLog off
TransferLog none
SystemLog none
MaxInstances ${clients + 200}
MaxClients none
TimeoutLinger 0
UseIPv6 off
AllowOverwrite on
Umask 022
${isRoot ? `DefaultRoot ${root}` : ''}
`;
    }
  },
};
