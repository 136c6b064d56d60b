/** What is the same for all who are compared over TLS. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Of TLS 1.3, in the names of OpenSSL. */
export interface Cipher {
  readonly suite: string;
  readonly group: string;
}

/** P-256, because vsftpd knows no other group: whoever offers another one first is sent back to begin anew. */
export const CIPHER: Cipher = { suite: 'TLS_AES_256_GCM_SHA384', group: 'P-256' };

/** Paths of PEM files. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate of ECDSA, P-256, signed by itself. @throws Error without openssl(1). */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await run('openssl', [
    'req',
    '-x509',
    ...kind,
    '-days',
    '30',
    '-subj',
    '/CN=bench',
    '-keyout',
    key,
    '-out',
    certificate,
  ]);
  return { certificate, key };
}
