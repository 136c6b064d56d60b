/** struct sockaddr_in and sockaddr_in6 (ip(7), ipv6(7)), as octets. */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { libraryFunction } from './libc.ts';
import { SOCKET_CONSTANTS } from './socket-constants.ts';

/** One end of a TCP connection. */
export interface Endpoint {
  /** An IP address, as Node writes it; a link-local one with its interface, `fe80::1%eth0`. */
  readonly address: string;
  readonly port: number;
}

/** Room for an address of either kind. */
export const SOCKET_ADDRESS_OCTETS = 28;

const { AF_INET, AF_INET6 } = SOCKET_CONSTANTS;
/** Where macOS and the BSDs keep a length octet and a family octet, Linux has a family of 16 bits. */
const HAS_LENGTH = process.platform !== 'linux';

/** Both structures begin so; then sockaddr_in has the address, and sockaddr_in6 flow, address, scope. */
const PORT = 2;
const IN_ADDRESS = 4;
const IN_OCTETS = 16;
const IN6_ADDRESS = 8;
const IN6_SCOPE = 24;
const IN6_OCTETS = 28;

/** The longest text: an IPv6 address that ends in an IPv4 one, and a NUL (INET6_ADDRSTRLEN). */
const TEXT_OCTETS = 46;
const text = Buffer.alloc(TEXT_OCTETS);

/** inet_pton(3) */
const inetPton = libraryFunction<[family: number, text: string, address: Uint8Array], number>(
  'int inet_pton(int family, const char *text, uint8_t *address)',
);
/** inet_ntop(3) */
const inetNtop = libraryFunction<[family: number, address: Uint8Array, text: Uint8Array, octets: number], string>(
  'const char *inet_ntop(int family, const uint8_t *address, uint8_t *text, uint32_t octets)',
);

/** AF_INET or AF_INET6. @throws TypeError when the text is not an IP address; names are not resolved here. */
export function addressFamily(address: string): number {
  const version = isIP(address);
  if (version === 0) throw new TypeError(`not an IP address: ${address}`);
  return version === 4 ? AF_INET : AF_INET6;
}

/**
 * @param endpoint an IP address, IPv6 with a scope if wanted (`fe80::1%eth0`, `fe80::1%2`), and a port of 0 to 65535.
 * @throws TypeError when the address is not one, or names an interface that there is not; RangeError for the port.
 */
export function encodeSocketAddress({ address, port }: Endpoint): Buffer {
  const family = addressFamily(address);
  const octets = family === AF_INET ? IN_OCTETS : IN6_OCTETS;
  const encoded = Buffer.alloc(octets);
  if (HAS_LENGTH) encoded.set([octets, family]);
  else encoded.writeUInt16LE(family);
  encoded.writeUInt16BE(port, PORT);
  const [plain = '', scope] = address.split('%');
  inetPton(family, plain, encoded.subarray(family === AF_INET ? IN_ADDRESS : IN6_ADDRESS));
  if (scope !== undefined) encoded.writeUInt32LE(interfaceIndex(scope), IN6_SCOPE);
  return encoded;
}

/**
 * @param encoded what accept(2), getsockname(2) or getpeername(2) wrote; may be longer.
 * @returns undefined for an address of another family, or of none.
 */
export function decodeSocketAddress(encoded: Buffer): Endpoint | undefined {
  const family = HAS_LENGTH ? encoded.readUInt8(1) : encoded.readUInt16LE();
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  const port = encoded.readUInt16BE(PORT);
  const start = family === AF_INET ? IN_ADDRESS : IN6_ADDRESS;
  const plain = inetNtop(family, encoded.subarray(start), text, TEXT_OCTETS);
  const scope = family === AF_INET6 ? encoded.readUInt32LE(IN6_SCOPE) : 0;
  return { address: scope === 0 ? plain : `${plain}%${interfaceName(scope)}`, port };
}

/** An interface has its index as the scope of its link-local address. */
function interfaceIndex(scope: string): number {
  if (/^\d+$/.test(scope)) return Number(scope);
  const found = networkInterfaces()[scope]?.find(({ scopeid }) => scopeid)?.scopeid;
  if (found === undefined) throw new TypeError(`no interface with a link-local address: ${scope}`);
  return found;
}

function interfaceName(index: number): string {
  const found = Object.entries(networkInterfaces()).find(([, addresses]) =>
    addresses?.some((a) => a.scopeid === index),
  );
  return found?.[0] ?? String(index);
}
