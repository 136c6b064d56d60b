import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { posixAvailable } from '../../src/posix/libc.ts';
import { decodeSocketAddress, encodeSocketAddress } from '../../src/posix/socket-address.ts';

function throughTheKernelsForm(address: string, port: number) {
  return decodeSocketAddress(encodeSocketAddress({ address, port }));
}

describe.runIf(posixAvailable())('socket addresses', () => {
  it('come back as they were, IPv4 and IPv6', () => {
    const addresses = ['0.0.0.0', '127.0.0.1', '255.255.255.255', '::', '::1', '2001:db8::ff00:42:8329', 'ff02::1'];
    for (const address of addresses) {
      for (const port of [0, 21, 65_535]) expect(throughTheKernelsForm(address, port)).toEqual({ address, port });
    }
  });

  it('come back in the shortest form, and an IPv4 client of an IPv6 socket as Node writes it', () => {
    expect(throughTheKernelsForm('2001:0DB8:0:0::1', 1)?.address).toBe('2001:db8::1');
    expect(throughTheKernelsForm('::ffff:7f00:1', 1)?.address).toBe('::ffff:127.0.0.1');
  });

  it.runIf(process.platform === 'linux')('have the layout of ip(7) and ipv6(7)', () => {
    expect(encodeSocketAddress({ address: '192.0.2.1', port: 0x1234 }).toString('hex')).toBe(
      '02001234c00002010000000000000000',
    );
    expect(encodeSocketAddress({ address: 'fe80::1%3', port: 0x1234 }).toString('hex')).toBe(
      '0a00123400000000fe80000000000000000000000000000103000000',
    );
  });

  it('keep the scope of a link-local address: a number where no interface has that index', () => {
    expect(throughTheKernelsForm('fe80::1%4000000', 21)).toEqual({ address: 'fe80::1%4000000', port: 21 });
    expect(() => encodeSocketAddress({ address: 'fe80::1%nosuch0', port: 21 })).toThrow(/interface.*nosuch0/);
  });

  const linkLocal = Object.entries(networkInterfaces()).find(([, all]) => all?.some(({ scopeid }) => scopeid));
  it.runIf(linkLocal)('name the interface of a link-local address', () => {
    const [name, all] = linkLocal!;
    const { scopeid } = all!.find((one) => one.scopeid)!;
    expect(throughTheKernelsForm(`fe80::1%${name}`, 21)?.address).toBe(`fe80::1%${name}`);
    expect(throughTheKernelsForm(`fe80::1%${scopeid}`, 21)?.address).toBe(`fe80::1%${name}`);
  });

  it('refuse what is not an IP address or not a port, and names, which are not resolved here', () => {
    for (const address of ['localhost', '127.1', '1.2.3.4.5', ':::1', '']) {
      expect(() => encodeSocketAddress({ address, port: 21 }), address).toThrow(TypeError);
    }
    expect(() => encodeSocketAddress({ address: '::1', port: 65_536 })).toThrow(RangeError);
    expect(() => encodeSocketAddress({ address: '::1', port: -1 })).toThrow(RangeError);
  });

  it('are undefined for another family', () => {
    expect(decodeSocketAddress(Buffer.alloc(28))).toBeUndefined();
  });
});
