import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

/** A certificate and its key, as they stand in files (PEM, RFC 7468). Plain data. */
export interface TlsIdentity {
  /** The server's certificate, and behind it those of the authorities in between, if there are any. */
  readonly certificate: string;
  /** Not encrypted. */
  readonly key: string;
}

/** A certificate or a key that cannot be used. The message is the rest of a sentence that begins with which one. */
export class TlsIdentityError extends Error {
  override readonly name = 'TlsIdentityError';
}

/**
 * Whether clients could be shown this certificate now: what TLS itself would find out with the first client only.
 * @param now milliseconds since 1970. @returns the certificate, without those of the authorities.
 * @throws TlsIdentityError.
 */
export function checkIdentity({ certificate, key }: TlsIdentity, now = Date.now()): X509Certificate {
  const own = certificateOf(certificate);
  if (!own.checkPrivateKey(keyOf(key))) throw new TlsIdentityError('does not belong to the key');
  if (now < Date.parse(own.validFrom)) throw new TlsIdentityError(`is not valid before ${own.validFrom}`);
  if (now > Date.parse(own.validTo)) throw new TlsIdentityError(`has expired on ${own.validTo}`);
  return own;
}

/** The first certificate of a PEM text. @throws TlsIdentityError. */
function certificateOf(pem: string): X509Certificate {
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new TlsIdentityError('is no certificate in PEM form');
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new TlsIdentityError('cannot be read as a certificate', { cause });
  }
}

function keyOf(pem: string): KeyObject {
  if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(pem)) {
    throw new TlsIdentityError('has an encrypted key; decrypt it with: openssl pkey');
  }
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new TlsIdentityError('has no private key in PEM form', { cause });
  }
}

/** As administrators compare it: SHA-256, in hexadecimal octets with colons. */
export function fingerprintOf(certificate: string): string {
  return certificateOf(certificate).fingerprint256;
}
