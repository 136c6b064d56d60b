import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalAddress,
  formatPassive,
  isPrivateAddress,
  parseExtendedHostPort,
  parseHostPort,
} from '../../src/protocol/host-port.ts';

const ports = fc.integer({ min: 0, max: 65_535 });

describe('parseHostPort', () => {
  it('reads back what formatPassive writes', () => {
    fc.assert(
      fc.property(fc.ipV4(), ports, (address, port) => {
        expect(parseHostPort(formatPassive(address, port).slice(1, -1))).toEqual({ address, port });
      }),
    );
  });

  it.each([
    '',
    '1,2,3,4,5',
    '1,2,3,4,5,6,7',
    '1,2,3,4,5,6,',
    '1,2,3,4,5,256',
    '256,2,3,4,5,6',
    '1,2,3,4,,6',
    '1,2,3,4,5,-6',
    '1,2,3,4,5,+6',
    '1,2,3,4,5,06',
    '010,2,3,4,5,6',
    '0x7f,0,0,1,4,1',
    '1,2,3,4,5,6 ',
    ' 1,2,3,4,5,6',
    '1,2,3,4,5,6\n',
    '(1,2,3,4,5,6)',
    '1.2.3.4,5,6',
    '1,2,3,4,5,1e1',
    '1,2,3,4,5,\u0661',
  ])('S6: refuses %j', (argument) => {
    expect(parseHostPort(argument)).toBeUndefined();
  });
});

describe('parseExtendedHostPort', () => {
  it('RFC 2428: takes both families', () => {
    expect(parseExtendedHostPort('|1|132.235.1.2|6275|')).toEqual({ address: '132.235.1.2', port: 6275 });
    expect(parseExtendedHostPort('|2|1080::8:800:200C:417A|5282|')).toEqual({
      address: '1080::8:800:200c:417a',
      port: 5282,
    });
  });

  it('RFC 2428: takes any printable delimiter that does not stand in the fields', () => {
    const delimiters = fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(delimiters, fc.ipV4(), ports, (delimiter, address, port) => {
        fc.pre(!/[0-9.]/.test(delimiter));
        expect(parseExtendedHostPort(['', 1, address, port, ''].join(delimiter))).toEqual({ address, port });
      }),
    );
  });

  it.each(['|3|x|1|', '|0|1.2.3.4|2000|', '|99|1.2.3.4|2000|'])(
    'W13: tells that %j is of an unsupported family',
    (argument) => {
      expect(parseExtendedHostPort(argument)).toBe('unsupported-family');
    },
  );

  it.each([
    '',
    '|',
    '|||',
    '|1|1.2.3.4|2000',
    '|1|1.2.3.4|2000||',
    '|1|1.2.3.4|2000| ',
    '|1|1.2.3.4|65536|',
    '|1|1.2.3.4|02000|',
    '|1|1.2.3.4||',
    '|1||2000|',
    '||1.2.3.4|2000|',
    '|x|1.2.3.4|2000|',
    '|1|1.2.3|2000|',
    '|1|01.2.3.4|2000|',
    '|1|16909060|2000|',
    '|1|0x1.2.3.4|2000|',
    '|1|localhost|2000|',
    '|1|::1|2000|',
    '|2|1.2.3.4|2000|',
    '|2|fe80::1%lo|2000|',
    '|2|::1::|2000|',
    ' 1 1.2.3.4 2000 ',
    'é1é1.2.3.4é2000é',
  ])('S6: refuses %j', (argument) => {
    expect(parseExtendedHostPort(argument)).toBeUndefined();
  });

  it('S6: sees an IPv4 address that is written as IPv6', () => {
    expect(parseExtendedHostPort('|2|::FFFF:7f00:1|2000|')).toEqual({ address: '127.0.0.1', port: 2000 });
  });
});

describe('formatPassive', () => {
  it('W11: writes six numbers in parentheses', () => {
    expect(formatPassive('192.168.1.2', 40_001)).toBe('(192,168,1,2,156,65)');
  });

  it('does not make nonsense of an IPv6 address', () => {
    expect(() => formatPassive('::1', 40_001)).toThrow(TypeError);
  });
});

describe('canonicalAddress', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::FFFF:0102:0304', '1.2.3.4'],
    ['0:0:0:0:0:ffff:1.2.3.4', '1.2.3.4'],
    ['::1', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['FE80::0001%eth0', 'fe80::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::ffff:0:1.2.3.4', '::ffff:0:102:304'],
    ['not an address', 'not an address'],
    ['', ''],
  ])('of %j is %j', (address, expected) => {
    expect(canonicalAddress(address)).toBe(expected);
  });

  it('does not change when it is taken again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        expect(canonicalAddress(canonicalAddress(address))).toBe(canonicalAddress(address));
      }),
    );
  });
});

describe('isPrivateAddress', () => {
  it.each([
    '127.0.0.1',
    '127.255.0.9',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.1.1',
    '100.64.0.1',
    '100.127.255.255',
    '::1',
    'fd12::1',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    '::ffff:10.0.0.1',
  ])('W14: counts %s as private', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '11.0.0.1', '2001:db8::1', 'fec0::1', '::ffff:8.8.8.8', '', 'x'])(
    'W14: does not count %j',
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );
});
