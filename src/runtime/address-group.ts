import { isIPv6, SocketAddress } from 'node:net';

const MAPPED = '::ffff:';

/**
 * What limits and bans count as one address. An IPv4 address counts by itself, also where it is mapped into IPv6
 * (RFC 4291 section 2.5.5.2), as it is on a socket that listens for both. An IPv6 address counts with its whole /64: the
 * smallest network that a customer is given (RFC 6177), whose owner could take a fresh address for each connection.
 * @param address as a socket tells it, in any notation; an IPv6 zone (`%eth0`) sets networks apart.
 * @returns one notation for each group. What is no IP address comes back as it is.
 */
export function addressGroup(address: string): string {
  // An IPv4 address, most of them: told without a look at the rest of it.
  if (!address.includes(':') || !isIPv6(address)) return address;
  const [unscoped, zone] = address.split('%', 2) as [string, string?];
  const canonical = new SocketAddress({ family: 'ipv6', address: unscoped }).address;
  if (canonical.startsWith(MAPPED) && canonical.includes('.')) return canonical.slice(MAPPED.length);
  const network = `${firstFourFields(canonical).join(':')}::/64`;
  return zone === undefined ? network : `${network}%${zone}`;
}

/**
 * @param canonical compressed as inet_ntop(3) does. It writes a dotted end only after at least 80 zero bits, which are in
 *   the first four fields alone, so that the end counting for one field here instead of two does no harm.
 */
function firstFourFields(canonical: string): string[] {
  const [head = '', tail] = canonical.split('::');
  const before = head.split(':').filter(Boolean);
  if (tail === undefined) return before.slice(0, 4);
  const after = tail.split(':').filter(Boolean);
  const zeros = new Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].slice(0, 4);
}
