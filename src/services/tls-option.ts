import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { checkIdentity, type TlsIdentity } from '../tls/identity.ts';
import { choice, flag, listOf, milliseconds, mustBe, text } from './option-kinds.ts';

/** What `certificate` and `key` have in common: PEM texts, not paths. */
const identity = z.strictObject(
  {
    /** The server's certificate, followed by those of the authorities in between (PEM). */
    certificate: text(),
    /** Its private key (PEM), not encrypted. */
    key: text(),
  },
  mustBe('a certificate and its key'),
);

/** How connections are protected by TLS. Without a certificate there is none. */
export function tlsOption() {
  return z
    .strictObject(
      {
        /** The first is shown to clients that ask for a name of none of them. */
        identities: listOf(identity, 'a list of certificates with their keys')
          .refine((identities) => identities.length > 0, 'must not be empty')
          .superRefine(checkIdentities),
        /** Where connections begin with the TLS handshake, without an AUTH (implicit FTPS): see RunOptions.alsoListen. */
        implicit: choice(['nowhere', 'everywhere', 'at-further-addresses']).default('nowhere'),
        /** What is refused in the clear: to log in, to transfer, or both. */
        required: choice(['none', 'login', 'data', 'all']).default('none'),
        minVersion: choice(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
        /** As OpenSSL writes lists of ciphers; absent: those of Node. */
        ciphers: text().refine(areCiphers, 'must be a list of ciphers as OpenSSL knows them').optional(),
        /** Whether clients are asked for a certificate, and may do without. */
        clientCertificates: choice(['ignore', 'ask', 'require']).default('ignore'),
        /** The certificates of the authorities that clients' certificates are from (PEM). */
        clientAuthorities: text().refine(isCertificate, 'must be certificates in PEM form').optional(),
        /** Whether a client that calls the server by a name of none of the certificates (SNI) is sent away. */
        strictServerName: flag().default(false),
        /** Whether data connections resume the session of their control connection, which proves whose they are. */
        dataResumption: choice(['off', 'offer', 'warn', 'require']).default('offer'),
        /** What an upload counts as whose connection ends without a close_notify. */
        unannouncedEnd: choice(['cut', 'whole']).default('cut'),
        /** From the first word of a handshake to the last. */
        handshakeMs: milliseconds().default(10_000),
      },
      mustBe('an object'),
    )
    .refine(
      ({ clientCertificates, clientAuthorities }) => clientCertificates === 'ignore' || clientAuthorities !== undefined,
      'must have clientAuthorities to ask clients for certificates',
    );
}

function checkIdentities(identities: readonly TlsIdentity[], context: z.RefinementCtx): void {
  for (const [index, each] of identities.entries()) {
    try {
      checkIdentity(each);
    } catch (error) {
      context.addIssue({ code: 'custom', path: [index], message: (error as Error).message });
    }
  }
}

function areCiphers(ciphers: string): boolean {
  try {
    createSecureContext({ ciphers });
    return true;
  } catch {
    return false;
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem) !== undefined;
  } catch {
    return false;
  }
}
