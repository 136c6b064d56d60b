import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CommandLine, isRoot, NOBODY, type Setting } from './candidate.ts';
import { HOW_TO_FETCH, type Peer } from './peer.ts';
import { findProgram, unpackDebian } from './unpack.ts';

const run = promisify(execFile);

/**
 * proftpd -n, its configuration at http://www.proftpd.org/docs/. With root, an anonymous login with chroot(2). That
 * needs root; without it, `anonymous` is an account of a password file.
 */
export const proftpd: Peer = {
  name: 'proftpd',
  missing: async () => ((await findProgram('proftpd', 'proftpd')) ? undefined : HOW_TO_FETCH),
  fetch: () => unpackDebian('proftpd', ['proftpd-core']),

  async commandLine({ address, port, root, scratch, clients }: Setting): Promise<CommandLine> {
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
    return { ...(await findProgram('proftpd', 'proftpd'))!, args: ['-n', '-q', '-S', address, '-c', file] };

    function settings(): string {
      return `
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
