import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FtpServiceOptions } from '../services/ftp-options.ts';
import { describeSystemError } from '../services/system-errors.ts';
import { checkIdentity, type TlsIdentity, TlsIdentityError } from '../tls/identity.ts';
import { Failure, UsageError } from './failure.ts';
import { keptSelfSigned, type StateFolder } from './kept-self-signed.ts';
import type { ServeFlags } from './serve-flags.ts';

type TlsFlags = Pick<
  ServeFlags,
  | 'tls'
  | 'tlsCert'
  | 'tlsKey'
  | 'requireTls'
  | 'tlsMinVersion'
  | 'tlsCiphers'
  | 'tlsClientCerts'
  | 'tlsClientCa'
  | 'tlsStrictName'
  | 'tlsResumption'
  | 'tlsUnannouncedEnd'
  | 'implicitPort'
  | 'host'
>;

export interface ServeTls {
  readonly options: NonNullable<FtpServiceOptions['tls']>;
  /** Of the first certificate, where clients have to be told that it is the right one. */
  readonly selfSigned?: { readonly path: string; readonly fingerprint: string };
  /** The files of each identity, in their order; none for one that was made here. */
  readonly files: readonly IdentityFiles[];
}

export interface IdentityFiles {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Decides about TLS, and reads what it needs.
 * @returns undefined when there is to be none.
 * @throws UsageError for options that contradict each other, Failure for files that cannot be used.
 */
export async function decideTls(flags: TlsFlags, state: StateFolder): Promise<ServeTls | undefined> {
  const files = filesOf(flags);
  if (flags.tls === undefined && files.length === 0) {
    refuseWithoutCertificate(flags);
    return undefined;
  }
  if (flags.tls !== undefined && files.length > 0)
    throw new UsageError('with --tls-cert, there is no --tls self-signed');
  const options = await tlsPolicy(flags);
  if (files.length > 0) return { options: { ...options, identities: await readIdentities(files) }, files };
  const { identity, ...selfSigned } = await keptSelfSigned(state, flags.host);
  return { options: { ...options, identities: [identity] }, selfSigned, files };
}

/** @throws Failure for the first one that cannot be used. */
export function readIdentities(files: readonly IdentityFiles[]): Promise<TlsIdentity[]> {
  return Promise.all(files.map(readIdentity));
}

function filesOf({ tlsCert = [], tlsKey = [] }: TlsFlags): IdentityFiles[] {
  if (tlsCert.length !== tlsKey.length) {
    throw new UsageError('each --tls-cert needs its --tls-key, and the other way round');
  }
  return tlsCert.map((certificate, index) => ({ certificate: resolve(certificate), key: resolve(tlsKey[index]!) }));
}

function refuseWithoutCertificate({ requireTls, implicitPort, tlsClientCerts }: TlsFlags): void {
  const wanting = [
    ...(requireTls === 'none' ? [] : [`--require-tls ${requireTls}`]),
    ...(implicitPort === undefined ? [] : ['--implicit-port']),
    ...(tlsClientCerts === 'ignore' ? [] : [`--tls-client-certs ${tlsClientCerts}`]),
  ];
  if (wanting.length === 0) return;
  throw new UsageError(`${wanting[0]} needs a certificate: add --tls-cert and --tls-key, or --tls self-signed`);
}

async function tlsPolicy(flags: TlsFlags): Promise<Omit<ServeTls['options'], 'identities'>> {
  const { tlsClientCerts, tlsClientCa } = flags;
  if (tlsClientCerts !== 'ignore' && tlsClientCa === undefined) {
    throw new UsageError(`--tls-client-certs ${tlsClientCerts} needs the authorities to trust: add --tls-client-ca`);
  }
  return {
    implicit: flags.implicitPort === undefined ? 'nowhere' : 'at-further-addresses',
    required: flags.requireTls,
    minVersion: flags.tlsMinVersion === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
    ...(flags.tlsCiphers !== undefined && { ciphers: flags.tlsCiphers }),
    clientCertificates: tlsClientCerts,
    ...(tlsClientCa !== undefined && {
      clientAuthorities: await readText('file of authorities', resolve(tlsClientCa)),
    }),
    strictServerName: flags.tlsStrictName ?? false,
    dataResumption: flags.tlsResumption,
    unannouncedEnd: flags.tlsUnannouncedEnd,
  };
}

async function readIdentity(files: IdentityFiles): Promise<TlsIdentity> {
  const identity = {
    certificate: await readText('certificate', files.certificate),
    key: await readText('key', files.key),
  };
  try {
    checkIdentity(identity);
    return identity;
  } catch (error) {
    if (!(error instanceof TlsIdentityError)) throw error;
    throw new Failure(`certificate ${files.certificate} ${error.message}`, { cause: error });
  }
}

async function readText(what: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Failure(`${what} ${path} ${describeSystemError(error)}`, { cause: error });
  }
}
