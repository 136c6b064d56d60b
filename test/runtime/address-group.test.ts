import { describe, expect, test } from 'vitest';
import { addressGroup } from '../../src/runtime/address-group.ts';

describe('what counts as one address', () => {
  test.each([
    ['an IPv4 address by itself', '192.0.2.1', '192.0.2.1'],
    ['an IPv4 address mapped into IPv6 as IPv4', '::ffff:192.0.2.1', '192.0.2.1'],
    ['one that is mapped in hexadecimal', '::FFFF:c000:201', '192.0.2.1'],
    ['an IPv6 address with its /64', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['one with its zeros left out behind the network', '2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['one with its zeros left out in the network', '2001:db8::2:3:4:5:6', '2001:db8:0:2::/64'],
    ['one in capitals and with zeros in front', '2001:0DB8:0001:0002::6', '2001:db8:1:2::/64'],
    ['one that ends in zeros', '2001:db8:1:2:3::', '2001:db8:1:2::/64'],
    ['one that ends like an IPv4 address', '1:2::4:5:6:192.0.2.1', '1:2:0:4::/64'],
    ['the loopback address', '::1', '0:0:0:0::/64'],
    ['the unspecified address', '::', '0:0:0:0::/64'],
    ['one that is IPv4-compatible', '::192.0.2.1', '0:0:0:0::/64'],
    ['a link-local address with its link', 'fe80::1%eth0', 'fe80:0:0:0::/64%eth0'],
    ['what is no address as it is', '', ''],
  ])('is %s', (_, address, group) => {
    expect(addressGroup(address)).toBe(group);
  });
});
