/** Addresses and ports as PORT, EPRT and PASV write them (RFC 959 section 4.1.2, RFC 2428). */
import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net';
import type { Endpoint } from './session.ts';

/** Decimal without leading zeros, so that nothing can be meant as octal (S6). */
const DECIMAL = /^(?:0|[1-9][0-9]{0,4})$/;

/**
 * @param argument of PORT: `h1,h2,h3,h4,p1,p2`.
 * @returns where the client wants to be connected to, port 0…65535; `undefined` for anything but six decimal octets.
 */
export function parseHostPort(argument: string): Endpoint | undefined {
  const octets = argument.split(',').map((field) => parseDecimal(field, 255));
  if (octets.length !== 6 || octets.includes(undefined)) return undefined;
  const [high, low] = octets.slice(4);
  return { address: octets.slice(0, 4).join('.'), port: high! * 256 + low! };
}

/**
 * @param argument of EPRT: `|family|address|port|` with any delimiter of the octets 33…126 (RFC 2428 section 2).
 * @returns where the client wants to be connected to, in canonical form, port 0…65535; `unsupported-family`, which is
 * to be answered with 522, if the family is neither 1 (IPv4) nor 2 (IPv6); `undefined` if it cannot be understood.
 */
export function parseExtendedHostPort(argument: string): Endpoint | 'unsupported-family' | undefined {
  const delimiter = argument.charAt(0);
  if (!/^[!-~]$/.test(delimiter)) return undefined;
  const fields = argument.split(delimiter);
  if (fields.length !== 5 || fields[4] !== '') return undefined;
  const [, family, address, portField] = fields as [string, string, string, string, string];
  if (!/^[0-9]+$/.test(family)) return undefined;
  if (family !== '1' && family !== '2') return 'unsupported-family';

  const port = parseDecimal(portField, 65_535);
  // A zone (`fe80::1%eth0`) names an interface of the client's machine and means nothing here.
  const valid = family === '1' ? isIPv4(address) : isIPv6(address) && !address.includes('%');
  return port !== undefined && valid ? { address: canonicalAddress(address), port } : undefined;
}

/**
 * @param address an IPv4 address. @param port 0…65535.
 * @returns `(h1,h2,h3,h4,p1,p2)` for the text of a 227 reply.
 */
export function formatPassive(address: string, port: number): string {
  if (!isIPv4(address)) throw new TypeError(`PASV cannot express ${address}`);
  return `(${address.replaceAll('.', ',')},${port >> 8},${port & 255})`;
}

/**
 * @param address an IP address in any notation.
 * @returns one notation for each address, so that two can be compared as strings: an IPv4 address that is mapped into
 * IPv6 as IPv4, IPv6 compressed in lower case and without a zone. What is no address comes back as it is.
 */
export function canonicalAddress(address: string): string {
  // Nearly all are IPv4, which it takes long to find out by isIPv6.
  if (!address.includes(':') || !isIPv6(address)) return address;
  const unscoped = address.split('%', 1)[0]!;
  const canonical = new SocketAddress({ family: 'ipv6', address: unscoped }).address;
  return canonical.startsWith('::ffff:') && canonical.includes('.') ? canonical.slice('::ffff:'.length) : canonical;
}

const PRIVATE = new BlockList();
PRIVATE.addSubnet('127.0.0.0', 8);
PRIVATE.addSubnet('10.0.0.0', 8);
PRIVATE.addSubnet('172.16.0.0', 12);
PRIVATE.addSubnet('192.168.0.0', 16);
PRIVATE.addSubnet('169.254.0.0', 16);
PRIVATE.addSubnet('100.64.0.0', 10);
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

/**
 * @returns whether a client at this address reaches the server without translation of addresses (W14): loopback,
 * RFC 1918, link-local, carrier-grade NAT (RFC 6598), unique local (RFC 4193). False for what is no address.
 */
export function isPrivateAddress(address: string): boolean {
  let known = answers.get(address);
  if (known === undefined) {
    known = checkPrivate(address);
    if (answers.size >= MOST_ANSWERS) answers.clear();
    answers.set(address, known);
  }
  return known;
}

/** To ask a BlockList takes as long as to make a data connection, and the same clients come again. */
const answers = new Map<string, boolean>();
const MOST_ANSWERS = 1000;

function checkPrivate(address: string): boolean {
  const canonical = canonicalAddress(address);
  if (isIPv4(canonical)) return PRIVATE.check(canonical);
  return isIPv6(canonical) && PRIVATE.check(canonical, 'ipv6');
}

function parseDecimal(text: string, highest: number): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return value <= highest ? value : undefined;
}
