import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommandLine, isRoot, type Setting } from './candidate.ts';
import { HOW_TO_FETCH, type Peer } from './peer.ts';
import type { Certificate } from './tls-setting.ts';
import { toldVersion } from './told-version.ts';
import { findProgram, unpackDebian } from './unpack.ts';

/** It goes through the home of its user first, and that of `nobody` does not exist. */
const USER = 'daemon';

/**
 * vsftpd.conf(5). With root it runs as it is meant to: a privileged process and a confined one for each client;
 * without, it has to run as the user who starts it. What costs time at every login and can be done without is off:
 * the namespaces of each client above all.
 */
export const vsftpd = vsftpdWith('vsftpd', { isolate: 'NO', isolate_network: 'NO' });

/** The same with the namespaces, as it ships. */
export const vsftpdIsolated = vsftpdWith('vsftpd-isolated', {});

/** Which suite of TLS 1.3 it is, is up to the client: `ssl_ciphers` is of TLS 1.2. */
function overTls({ certificate, key }: Certificate): Readonly<Record<string, string>> {
  return {
    ssl_enable: 'YES',
    allow_anon_ssl: 'YES',
    // Names of its own time; it takes any key.
    rsa_cert_file: certificate,
    rsa_private_key_file: key,
    ssl_ciphers: 'HIGH',
    require_ssl_reuse: 'NO',
  };
}

function vsftpdWith(name: string, isolation: Readonly<Record<string, string>>): Peer {
  return {
    name,
    missing: async () => ((await findProgram('vsftpd', 'vsftpd')) ? undefined : HOW_TO_FETCH),
    fetch: () => unpackDebian('vsftpd', ['vsftpd']),
    version: async () => toldVersion((await findProgram('vsftpd', 'vsftpd'))!, ['-v']),

    async commandLine({ address, port, root, scratch, tls }: Setting): Promise<CommandLine> {
      // Where a client is confined until it has logged in: nobody may write there.
      const empty = join(scratch, 'empty');
      await mkdir(empty, { mode: 0o755 });
      const configuration = {
        listen: 'YES',
        listen_address: address,
        listen_port: port,
        background: 'NO',
        anonymous_enable: 'YES',
        local_enable: 'NO',
        anon_root: root,
        write_enable: 'YES',
        anon_upload_enable: 'YES',
        anon_mkdir_write_enable: 'YES',
        anon_other_write_enable: 'YES',
        anon_umask: '022',
        anon_world_readable_only: 'NO',
        allow_writeable_chroot: 'YES',
        max_clients: 0,
        max_per_ip: 0,
        ...isolation,
        tcp_wrappers: 'NO',
        session_support: 'NO',
        connect_from_port_20: 'NO',
        xferlog_enable: 'NO',
        dirmessage_enable: 'NO',
        ftp_username: USER,
        ...(tls && overTls(tls)),
        ...(isRoot ? { secure_chroot_dir: empty, nopriv_user: USER } : { run_as_launching_user: 'YES' }),
      };
      const file = join(scratch, 'vsftpd.conf');
      const lines = Object.entries(configuration).map(([name, value]) => `${name}=${value}\n`);
      await writeFile(file, lines.join(''));
      const { program, env } = (await findProgram('vsftpd', 'vsftpd'))!;
      // It says on descriptor 0 what it does not like about its configuration.
      return { program: 'sh', ...(env && { env }), args: ['-c', 'exec "$0" "$1" <&1', program, file] };
    },
  };
}
