import { describe, expect, test } from 'vitest';
import type { BanPolicy, Limits } from '../../src/runtime/board.ts';
import { Scoreboard } from '../../src/runtime/scoreboard.ts';

const BANS: BanPolicy = { failures: 3, withinMs: 60_000, firstMs: 300_000, longestMs: 900_000 };
const UNITS = [1, 2];

function boardWith(limits?: Limits) {
  const clock = { nowMs: 1_700_000_000_000 };
  const board = new Scoreboard(limits, () => clock.nowMs);
  for (const unit of UNITS) board.unitStarted(unit, { process: 100 + unit });
  let arrivals = 0;
  /** @returns the id of a client that is served now. */
  function served(address = '192.0.2.1', unit = 1): string {
    const id = `client ${++arrivals}`;
    expect(board.arrive(unit, { id, address })).toBeUndefined();
    return id;
  }
  /** @returns why a client is not served. */
  const refused = (address = '192.0.2.1', unit = 1) => board.arrive(unit, { id: 'refused', address })?.refusal;
  return { board, clock, served, refused };
}

describe('the scoreboard', () => {
  test('shows who is served in all units, in order of arrival', () => {
    const { board, clock, served } = boardWith();
    const alice = served('2001:db8::5', 2);
    const startMs = clock.nowMs;
    clock.nowMs += 5000;
    const stranger = served('192.0.2.1', 1);
    board.logIn(alice, 'alice');
    expect(board.rows()).toEqual([
      { id: alice, address: '2001:db8::5', sinceMs: startMs, user: 'alice', place: { process: 102 } },
      { id: stranger, address: '192.0.2.1', sinceMs: startMs + 5000, place: { process: 101 } },
    ]);
  });

  test('shows nobody as a user who has logged out', () => {
    const { board, served } = boardWith();
    const id = served();
    board.logIn(id, 'alice');
    board.logOut(id);
    expect(board.rows()[0]).not.toHaveProperty('user');
  });

  test('shows where a unit is from what was said of it last', () => {
    const { board, served } = boardWith();
    served();
    board.unitStarted(1, { process: 7, thread: 3 });
    expect(board.rows().map(({ place }) => place)).toEqual([{ process: 7, thread: 3 }]);
  });

  test('tells how many are connected and how many have been served', () => {
    const { board, served } = boardWith();
    const [first] = [served(), served(), served()];
    board.leave(first);
    expect([board.connected, board.served]).toEqual([2, 1]);
  });

  test('tells which unit serves a client', () => {
    const { board, served } = boardWith();
    const id = served('192.0.2.1', 2);
    expect(board.unitOf(id)).toBe(2);
    board.leave(id);
    expect(board.unitOf(id)).toBeUndefined();
  });

  test('lets a client leave only once', () => {
    const { board, served, refused } = boardWith({ perAddress: 2 });
    const [first] = [served(), served()];
    board.leave(first);
    board.leave(first);
    board.leave('never heard of');
    expect(board.served).toBe(1);
    served();
    expect(refused()).toBe('too-many-of-address');
  });

  test('refuses to take in one client twice', () => {
    const { board, served } = boardWith();
    const id = served();
    expect(() => board.arrive(2, { id, address: '192.0.2.2' })).toThrow(/arrived before/);
    expect(board.connected).toBe(1);
  });

  test('lets be what it hears of clients that have left', () => {
    const { board, served } = boardWith({ perUser: 1 });
    const id = served();
    board.leave(id);
    expect(board.logIn(id, 'alice')).toBeUndefined();
    board.logOut(id);
    expect(board.logIn(served(), 'alice')).toBeUndefined();
  });
});

describe('a unit that ends', () => {
  test('releases all that it held, and nothing else', () => {
    const { board, served } = boardWith({ connections: 3, perAddress: 3, perUser: 2 });
    const lost = [served(), served()];
    const kept = served('192.0.2.1', 2);
    for (const id of lost) board.logIn(id, 'alice');
    expect(board.unitEnded(1)).toEqual(lost);
    expect(board.rows().map(({ id }) => id)).toEqual([kept]);
    expect([board.connected, board.served, board.full]).toEqual([1, 2, false]);
    for (const id of [served('192.0.2.1', 2), served('192.0.2.1', 2)]) {
      expect(board.logIn(id, 'alice')).toBeUndefined();
    }
  });

  test('has none of those who left before', () => {
    const { board, served } = boardWith();
    board.leave(served());
    expect(board.unitEnded(1)).toEqual([]);
  });

  test('has ended only once', () => {
    const { board, served } = boardWith();
    served();
    board.unitEnded(1);
    expect(board.unitEnded(1)).toEqual([]);
    expect(board.served).toBe(1);
  });

  test('takes nobody in by a message that comes late: that client would never leave', () => {
    const { board } = boardWith();
    board.unitEnded(1);
    expect(board.arrive(1, { id: 'late', address: '192.0.2.1' })).toEqual({ refusal: 'too-many', tell: false });
    expect(board.connected).toBe(0);
  });
});

describe('limits', () => {
  test('S19: hold for all units together', () => {
    const { board, served, refused } = boardWith({ connections: 2 });
    served('192.0.2.1', 1);
    expect(board.full).toBe(false);
    const second = served('192.0.2.2', 2);
    expect(board.full).toBe(true);
    expect(UNITS.map((unit) => refused('192.0.2.3', unit))).toEqual(['too-many', 'too-many']);
    board.leave(second);
    served('192.0.2.3', 1);
  });

  test('are none unless they are given', () => {
    const { board, served } = boardWith();
    for (let count = 1; count <= 1000; count++) expect(board.logIn(served(), 'alice')).toBeUndefined();
    expect(board.full).toBe(false);
  });

  test('keep nothing of a client that is refused', () => {
    const { board, served, refused } = boardWith({ perAddress: 1 });
    const id = served();
    refused();
    expect([board.connected, board.served, board.unitOf('refused')]).toEqual([1, 0, undefined]);
    board.leave(id);
    served();
  });

  test('for an address count IPv4 in IPv6 as the same, and IPv6 by its /64', () => {
    const { served, refused } = boardWith({ perAddress: 1 });
    served('192.0.2.1');
    expect(refused('::ffff:192.0.2.1')).toBe('too-many-of-address');
    served('2001:db8:0:1::1');
    expect(refused('2001:db8:0:1:ffff::2')).toBe('too-many-of-address');
    served('2001:db8:0:2::1');
  });

  test('for a user count sessions in all units', () => {
    const { board, served } = boardWith({ perUser: 1 });
    const [first, second] = [served('192.0.2.1', 1), served('192.0.2.2', 2)];
    expect(board.logIn(first, 'alice')).toBeUndefined();
    expect(board.logIn(second, 'alice')).toBe('too-many-of-user');
    expect(board.logIn(second, 'Alice')).toBeUndefined();
    board.logOut(first);
    expect(board.logIn(second, 'alice')).toBeUndefined();
  });

  test('for a user do not count the session that logs in again', () => {
    const { board, served } = boardWith({ perUser: 1 });
    const id = served();
    board.logIn(id, 'alice');
    expect(board.logIn(id, 'alice')).toBeUndefined();
    expect(board.logIn(served(), 'alice')).toBe('too-many-of-user');
  });

  test('for a user are free again when the session becomes somebody else', () => {
    const { board, served } = boardWith({ perUser: 1 });
    const [first, second] = [served(), served()];
    board.logIn(first, 'alice');
    board.logIn(first, 'bob');
    expect(board.logIn(second, 'alice')).toBeUndefined();
    expect(board.logIn(second, 'bob')).toBe('too-many-of-user');
    expect(board.rows().map(({ user }) => user)).toEqual(['bob', 'alice']);
  });
});

describe('a refused client', () => {
  test('S19: is told so once a second for each address', () => {
    const { board, clock } = boardWith({ connections: 0 });
    const told = (address: string) => board.arrive(1, { id: 'refused', address })?.tell;
    expect([told('192.0.2.1'), told('192.0.2.1'), told('::ffff:192.0.2.1')]).toEqual([true, false, false]);
    expect(told('192.0.2.2')).toBe(true);
    clock.nowMs += 1000;
    expect(told('192.0.2.1')).toBe(true);
  });
});

describe('wrong passwords', () => {
  test('S15: are counted over all units', () => {
    const { board, served } = boardWith();
    const counts = Array.from({ length: 10 }, (_, unit) => {
      board.unitStarted(10 + unit, { process: 1000 + unit });
      return board.loginFailed(served('192.0.2.1', 10 + unit), `user ${unit}`);
    });
    expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('S15: get new clients of the address refused, by any unit, for a time', () => {
    const { board, clock, served, refused } = boardWith({ bans: BANS });
    for (let count = 1; count <= BANS.failures; count++) {
      const id = served('2001:db8::1', 1);
      board.loginFailed(id, 'alice');
      board.leave(id);
    }
    expect(UNITS.map((unit) => refused('2001:db8::2', unit))).toEqual(['banned', 'banned']);
    served('192.0.2.1');
    clock.nowMs += BANS.firstMs;
    served('2001:db8::2');
  });

  test('keep clients that were connected before the ban from logging in, and disturb nobody who has', () => {
    const { board, served } = boardWith({ bans: BANS });
    const [user, guesser, another] = [served(), served(), served()];
    board.logIn(user, 'alice');
    for (let count = 1; count <= BANS.failures; count++) board.loginFailed(guesser, 'bob');
    expect(board.logIn(another, 'bob')).toBe('banned');
    expect(board.rows().map((row) => row.user)).toEqual(['alice', undefined, undefined]);
  });

  test('are forgiven to a user who gets in, and not to one who is over the limit', () => {
    const { board, served } = boardWith({ perUser: 1 });
    const [first, second] = [served('192.0.2.1'), served('192.0.2.2')];
    board.loginFailed(first, 'alice');
    board.logIn(first, 'alice');
    expect(board.loginFailed(second, 'alice')).toBe(1);
    board.logIn(second, 'alice');
    expect(board.loginFailed(served('192.0.2.3'), 'alice')).toBe(2);
  });

  test('of a client that has left are counted for the user', () => {
    const { board, served } = boardWith();
    const id = served();
    board.leave(id);
    board.loginFailed(id, 'alice');
    expect(board.loginFailed(served(), 'alice')).toBe(2);
  });
});
