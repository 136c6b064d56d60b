import type { TlsIdentity } from './identity.ts';

/** How TLS is spoken with clients, on control and data connections alike. Plain data. */
export interface TlsOptions {
  /** Which one a client gets, the name decides by which it called the server (SNI, RFC 6066 section 3): the first, if none fits. */
  readonly identities: readonly TlsIdentity[];
  /** Whether a client that calls the server by another name than those of the certificates is sent away. */
  readonly strictServerName: boolean;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** As OpenSSL writes lists of ciphers; absent: those of Node. */
  readonly ciphers?: string;
  /** Whether clients are asked for a certificate, and may do without. */
  readonly clientCertificates: 'ignore' | 'ask' | 'require';
  /** The certificates of the authorities that clients' certificates are from (PEM). */
  readonly clientAuthorities?: string;
  /** From the first word to the last, in milliseconds. */
  readonly handshakeMs: number;
}
