import { describe, expect, test } from 'vitest';
import type { BanPolicy } from '../../src/runtime/board.ts';
import { LoginFailures } from '../../src/runtime/login-failures.ts';

const MINUTE_MS = 60_000;
const POLICY: BanPolicy = { failures: 3, withinMs: MINUTE_MS, firstMs: 5 * MINUTE_MS, longestMs: 15 * MINUTE_MS };

function counting(bans?: BanPolicy, capacity?: number) {
  const clock = { nowMs: 1_000_000 };
  const failures = new LoginFailures(bans, () => clock.nowMs, capacity);
  /** Fails until the address is banned. @returns after how many failures. */
  function failUntilBanned(address = 'a'): number {
    for (let count = 1; count <= 1000; count++) {
      failures.record('eve', address);
      if (failures.isBanned(address)) return count;
    }
    throw new Error('never banned');
  }
  /** Waits for the end of the ban. @returns its length in minutes. */
  function waitForTheEnd(address = 'a'): number {
    const startMs = clock.nowMs;
    while (failures.isBanned(address)) clock.nowMs += MINUTE_MS;
    return (clock.nowMs - startMs) / MINUTE_MS;
  }
  return { clock, failures, failUntilBanned, waitForTheEnd };
}

describe('the count of wrong passwords', () => {
  test('is that of the user, from whatever addresses', () => {
    const { failures } = counting();
    expect(['a', 'b', 'c'].map((address) => failures.record('alice', address))).toEqual([1, 2, 3]);
  });

  test('is that of the address, for whatever users', () => {
    const { failures } = counting();
    expect(['alice', 'bob', 'carol'].map((user) => failures.record(user, 'a'))).toEqual([1, 2, 3]);
  });

  test('is the greater of the two', () => {
    const { failures } = counting();
    for (const address of ['a', 'b', 'c']) failures.record('alice', address);
    failures.record('bob', 'd');
    expect(failures.record('alice', 'd')).toBe(4);
    expect(failures.record('carol', 'd')).toBe(3);
  });

  test('goes on for the user alone when the address is no longer known', () => {
    const { failures } = counting();
    failures.record('alice', undefined);
    expect(failures.record('alice', undefined)).toBe(2);
    expect(failures.record('bob', 'a')).toBe(1);
  });

  test('leaves out those of more than ten minutes ago, without a policy', () => {
    const { clock, failures } = counting();
    failures.record('alice', 'a');
    clock.nowMs += 9 * MINUTE_MS;
    expect(failures.record('alice', 'a')).toBe(2);
    clock.nowMs += MINUTE_MS;
    expect(failures.record('alice', 'a')).toBe(2);
    clock.nowMs += 10 * MINUTE_MS;
    expect(failures.record('alice', 'a')).toBe(1);
  });

  test('leaves out those from before the time that the policy looks at', () => {
    const { clock, failures } = counting(POLICY);
    failures.record('alice', 'a');
    clock.nowMs += POLICY.withinMs;
    expect(failures.record('alice', 'a')).toBe(1);
  });

  test('starts again for a user who has logged in, and not for the address, whose other users may be guessed at', () => {
    const { failures } = counting();
    failures.record('alice', 'a');
    failures.record('alice', 'a');
    failures.forgive('alice');
    expect(failures.record('alice', 'b')).toBe(1);
    expect(failures.record('bob', 'a')).toBe(3);
  });

  test('compares the names of users as they are given', () => {
    const { failures } = counting();
    failures.record('alice', undefined);
    expect(failures.record('Alice', undefined)).toBe(1);
    expect(failures.record('alice ', undefined)).toBe(1);
  });

  test('takes very long names for one, so that they do not fill the memory', () => {
    const { failures } = counting();
    failures.record('x'.repeat(5000), undefined);
    expect(failures.record('y'.repeat(4000), undefined)).toBe(2);
    expect(failures.record('x'.repeat(256), undefined)).toBe(1);
  });

  test('stops at a hundred', () => {
    const { failures } = counting();
    for (let count = 1; count <= 100; count++) failures.record('alice', 'a');
    expect(failures.record('alice', 'a')).toBe(100);
  });

  test('forgets the oldest users and addresses when there are too many', () => {
    const { failures } = counting(undefined, 2);
    failures.record('alice', 'a');
    failures.record('bob', 'b');
    failures.record('alice', 'a');
    failures.record('carol', 'c');
    expect(failures.record('alice', undefined)).toBe(3);
    expect(failures.record('bob', 'b')).toBe(1);
  });
});

describe('a ban', () => {
  test('S15: comes with the failure that makes it too many, from one address within the time', () => {
    const { failUntilBanned, failures } = counting(POLICY);
    expect(failUntilBanned()).toBe(POLICY.failures);
    expect(failures.isBanned('b')).toBe(false);
  });

  test('does not come when the failures lie farther apart', () => {
    const { clock, failures } = counting(POLICY);
    for (let count = 1; count <= 20; count++) {
      failures.record('eve', 'a');
      clock.nowMs += POLICY.withinMs / 2;
    }
    expect(failures.isBanned('a')).toBe(false);
  });

  test('does not come for failures of one user from many addresses: anybody could lock out anybody', () => {
    const { failures } = counting(POLICY);
    const addresses = Array.from({ length: 20 }, (_, index) => `address ${index}`);
    for (const address of addresses) failures.record('alice', address);
    expect(addresses.filter((address) => failures.isBanned(address))).toEqual([]);
  });

  test('does not come without a policy', () => {
    const { failures } = counting();
    for (let count = 1; count <= 200; count++) failures.record('alice', 'a');
    expect(failures.isBanned('a')).toBe(false);
  });

  test('is not avoided by logging in now and then with an account of one’s own', () => {
    const { failures } = counting(POLICY);
    for (let count = 1; count <= POLICY.failures; count++) {
      failures.record('alice', 'a');
      failures.forgive('eve');
    }
    expect(failures.isBanned('a')).toBe(true);
  });

  test('may come after more failures than are counted otherwise', () => {
    expect(counting({ ...POLICY, failures: 250 }).failUntilBanned()).toBe(250);
  });

  test('is twice as long as the one before, up to the longest', () => {
    const { failUntilBanned, waitForTheEnd } = counting(POLICY);
    const minutes = Array.from({ length: 4 }, () => {
      failUntilBanned();
      return waitForTheEnd();
    });
    expect(minutes).toEqual([5, 10, 15, 15]);
  });

  test('takes as many failures as the one before: those that led to a ban are settled', () => {
    const { failUntilBanned, waitForTheEnd } = counting({ ...POLICY, withinMs: 60 * MINUTE_MS });
    failUntilBanned();
    waitForTheEnd();
    expect(failUntilBanned()).toBe(POLICY.failures);
  });

  test('is not made longer by clients that were there before, and what they fail meanwhile leads to no other', () => {
    const { clock, failures, failUntilBanned, waitForTheEnd } = counting({ ...POLICY, withinMs: 60 * MINUTE_MS });
    failUntilBanned();
    clock.nowMs += MINUTE_MS;
    for (let count = 1; count <= 10; count++) failures.record('eve', 'a');
    expect(waitForTheEnd()).toBe(4);
    expect(failUntilBanned()).toBe(POLICY.failures);
    expect(waitForTheEnd()).toBe(10);
  });

  test('is forgotten when the address was quiet for as long as the longest ban takes', () => {
    const { clock, failUntilBanned, waitForTheEnd } = counting(POLICY);
    for (let count = 1; count <= 3; count++) {
      failUntilBanned();
      waitForTheEnd();
    }
    clock.nowMs += POLICY.longestMs - 1;
    failUntilBanned();
    expect(waitForTheEnd()).toBe(15);
    clock.nowMs += POLICY.longestMs;
    failUntilBanned();
    expect(waitForTheEnd()).toBe(5);
  });
});
