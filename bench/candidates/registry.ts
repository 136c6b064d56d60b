/** The servers that ohai-ftpd is compared with. */
import { ftpSrv } from './ftp-srv.ts';
import type { Peer } from './peer.ts';
import { proftpd } from './proftpd.ts';
import { pureFtpd } from './pure-ftpd.ts';
import { pyftpdlib, pyftpdlibPrefork } from './pyftpdlib.ts';
import { vsftpd, vsftpdIsolated } from './vsftpd.ts';

/** By name. */
export const peers: Readonly<Record<string, Peer>> = Object.fromEntries(
  [vsftpd, proftpd, pureFtpd, pyftpdlib, ftpSrv, vsftpdIsolated, pyftpdlibPrefork].map((peer) => [peer.name, peer]),
);

/** Those that take part unless told otherwise: each server once. */
export const usualPeers: readonly string[] = [vsftpd, proftpd, pureFtpd, pyftpdlib, ftpSrv].map(({ name }) => name);
