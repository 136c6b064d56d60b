import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import type { TlsIdentity } from './identity.ts';

/** For trying out: a year. Who wants more wants a certificate that others trust. */
const VALID_DAYS = 365;
const DAY_MS = 86_400_000;

/**
 * Makes a key (ECDSA, P-256) and a certificate for it that nobody but itself vouches for.
 * @param names host names and IP addresses of the server, the most usual one first. At least one.
 * @param now milliseconds since 1970; valid from the day before, for clients whose clocks are slow.
 */
export function selfSigned(names: readonly string[], now = Date.now()): TlsIdentity {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const certificate = pem('CERTIFICATE', certificateOf(privateKey, names, now));
  return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

/** RFC 5280 section 4.1, in DER (ITU-T X.690). */
function certificateOf(key: KeyObject, names: readonly string[], now: number): Buffer {
  const name = sequence(set(sequence(COMMON_NAME, text(0x0c, names[0]!))));
  const signed = sequence(
    value(0xa0, VERSION_3),
    // Positive, and not zero.
    value(0x02, Buffer.concat([Buffer.of(0x01), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    name,
    sequence(time(now - DAY_MS), time(now + VALID_DAYS * DAY_MS)),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    value(0xa3, sequence(sequence(SUBJECT_ALT_NAME, value(0x04, sequence(...names.map(generalName)))))),
  );
  const signature = sign('sha256', signed, key);
  return sequence(signed, ECDSA_WITH_SHA256, value(0x03, Buffer.concat([Buffer.of(0), signature])));
}

const VERSION_3 = Buffer.of(0x02, 0x01, 0x02);
/** 2.5.4.3 */
const COMMON_NAME = Buffer.of(0x06, 0x03, 0x55, 0x04, 0x03);
/** 2.5.29.17 */
const SUBJECT_ALT_NAME = Buffer.of(0x06, 0x03, 0x55, 0x1d, 0x11);
/** 1.2.840.10045.4.3.2 (RFC 5758 section 3.2) */
const ECDSA_WITH_SHA256 = sequence(Buffer.of(0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

/** RFC 5280 section 4.2.1.6: dNSName or iPAddress. */
function generalName(name: string): Buffer {
  return isIP(name) ? value(0x87, addressOctets(name)) : text(0x82, name);
}

function addressOctets(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = [head, tail].map((part) => part.split(':').filter((group) => group !== ''));
  const missing = 8 - groups.flat().length;
  const all = [...groups[0]!, ...Array<string>(missing).fill('0'), ...groups[1]!];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** GeneralizedTime; RFC 5280 section 4.1.2.5 wants UTCTime for the years before 2050. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.\d+|[-:T]/g, '');
  return new Date(ms).getUTCFullYear() < 2050 ? text(0x17, digits.slice(2)) : text(0x18, digits);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return value(0x30, Buffer.concat(parts));
}

function set(content: Buffer): Buffer {
  return value(0x31, content);
}

function text(tag: number, content: string): Buffer {
  return value(tag, Buffer.from(content));
}

function value(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(tag), length(content.length), content]);
}

function length(octets: number): Buffer {
  if (octets < 0x80) return Buffer.of(octets);
  const digits = Buffer.from(octets.toString(16).padStart(octets > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.of(0x80 + digits.length), digits]);
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g)!;
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
