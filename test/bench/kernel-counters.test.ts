import { expect, test } from 'vitest';
import { parseCounters } from '../../bench/claims/kernel-counters.ts';

const TEXT = `TcpExt: SyncookiesSent ListenOverflows ListenDrops
TcpExt: 7 12 13
IpExt: InNoRoutes
IpExt: 5
`;

test('counters are found by their names', () => {
  expect(Object.fromEntries(parseCounters(TEXT, 'TcpExt'))).toEqual({
    SyncookiesSent: 7,
    ListenOverflows: 12,
    ListenDrops: 13,
  });
  expect(parseCounters(TEXT, 'IpExt').get('InNoRoutes')).toBe(5);
});

test('counters that the kernel does not have are an error', () => {
  expect(() => parseCounters(TEXT, 'MPTcpExt')).toThrow('the kernel does not count MPTcpExt');
});
