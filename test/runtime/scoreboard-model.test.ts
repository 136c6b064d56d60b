import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BanPolicy, Limits } from '../../src/runtime/board.ts';
import { Scoreboard } from '../../src/runtime/scoreboard.ts';
import type { Refusal } from '../../src/runtime/service.ts';

const UNITS = [0, 1, 2];
const IDS = ['k', 'l', 'm', 'n', 'o', 'p'];
const USERS = ['alice', 'bob'];
/** What each address counts as. */
const GROUPS = new Map([
  ['192.0.2.1', 'four'],
  ['::ffff:192.0.2.1', 'four'],
  ['2001:db8::1', 'six'],
  ['2001:db8::2', 'six'],
  ['2001:db8:0:1::1', 'other six'],
]);

interface ModelClient {
  readonly id: string;
  readonly address: string;
  readonly unit: number;
  user?: string;
}

/** The scoreboard as one would write it on paper: lists of all that happened, counted anew for each question. */
class Model {
  nowMs = 1_000_000;
  served = 0;
  units: number[] = [];
  clients: ModelClient[] = [];
  #userFailures: { user: string; atMs: number }[] = [];
  #groupFailures: { group: string; atMs: number }[] = [];
  #bans: { group: string; fromMs: number; untilMs: number }[] = [];
  #told: { group: string; atMs: number }[] = [];
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  arrive(unit: number, id: string, address: string) {
    const { connections = 1000, perAddress = 1000 } = this.#limits;
    if (!this.units.includes(unit)) return { refusal: 'too-many', tell: false };
    const group = GROUPS.get(address)!;
    const neighbours = this.clients.filter((client) => GROUPS.get(client.address) === group);
    if (this.#banned(address)) return this.#refused('banned', group);
    if (this.clients.length >= connections) return this.#refused('too-many', group);
    if (neighbours.length >= perAddress) return this.#refused('too-many-of-address', group);
    this.clients.push({ id, address, unit });
    return undefined;
  }

  logIn(id: string, user: string): Refusal | undefined {
    const client = this.client(id);
    if (client === undefined) return undefined;
    if (this.#banned(client.address)) return 'banned';
    const others = this.clients.filter((other) => other !== client && other.user === user);
    if (others.length >= (this.#limits.perUser ?? 1000)) return 'too-many-of-user';
    client.user = user;
    this.#userFailures = this.#userFailures.filter((failure) => failure.user !== user);
    return undefined;
  }

  logOut(id: string): void {
    delete this.client(id)?.user;
  }

  loginFailed(id: string, user: string): number {
    const windowMs = this.#limits.bans?.withinMs ?? 600_000;
    const recent = ({ atMs }: { atMs: number }) => this.nowMs - atMs < windowMs;
    this.#userFailures.push({ user, atMs: this.nowMs });
    const ofUser = this.#userFailures.filter((failure) => failure.user === user && recent(failure)).length;
    const client = this.client(id);
    if (client === undefined) return ofUser;

    const group = GROUPS.get(client.address)!;
    const ofGroup = (entry: { group: string }) => entry.group === group;
    const last = this.#groupFailures.filter(ofGroup).at(-1);
    const quietMs = Math.max(windowMs, 2 * (this.#limits.bans?.longestMs ?? 0));
    if (last && this.nowMs - last.atMs >= quietMs) this.#bans = this.#bans.filter((ban) => !ofGroup(ban));
    this.#groupFailures.push({ group, atMs: this.nowMs });
    const failures = this.#groupFailures.filter((failure) => ofGroup(failure) && recent(failure));
    if (this.#limits.bans) this.#mayBan(group, failures, this.#limits.bans);
    return Math.max(ofUser, failures.length);
  }

  leave(id: string): void {
    if (this.client(id) !== undefined) this.served += 1;
    this.clients = this.clients.filter((client) => client.id !== id);
  }

  unitEnded(unit: number): string[] {
    const ids = this.clients.filter((client) => client.unit === unit).map(({ id }) => id);
    for (const id of ids) this.leave(id);
    this.units = this.units.filter((other) => other !== unit);
    return ids;
  }

  client(id: string): ModelClient | undefined {
    return this.clients.find((client) => client.id === id);
  }

  #mayBan(group: string, failures: readonly { atMs: number }[], policy: BanPolicy): void {
    const before = this.#bans.filter((ban) => ban.group === group);
    const lastEndMs = Math.max(0, ...before.map(({ untilMs }) => untilMs));
    if (failures.filter(({ atMs }) => atMs >= lastEndMs).length < policy.failures) return;
    let lengthMs = policy.firstMs;
    for (const _ of before) lengthMs = Math.min(2 * lengthMs, policy.longestMs);
    this.#bans.push({ group, fromMs: this.nowMs, untilMs: this.nowMs + lengthMs });
  }

  #banned(address: string): boolean {
    const group = GROUPS.get(address)!;
    return this.#bans.some((ban) => ban.group === group && ban.fromMs <= this.nowMs && this.nowMs < ban.untilMs);
  }

  #refused(refusal: Refusal, group: string) {
    const tell = !this.#told.some((notice) => notice.group === group && this.nowMs - notice.atMs < 1000);
    if (tell) this.#told.push({ group, atMs: this.nowMs });
    return { refusal, tell };
  }
}

/** Does one thing to both. @returns what the two answered. */
type Operation = (board: Scoreboard, model: Model) => readonly [unknown, unknown];

const unit = fc.constantFrom(...UNITS);
const id = fc.constantFrom(...IDS);
const user = fc.constantFrom(...USERS);
const address = fc.constantFrom(...GROUPS.keys());

const arrival = fc.tuple(unit, id, address).map(
  ([unit, id, address]): Operation =>
    (board, model) => {
      // Ids are unique among clients that are there; the caller sees to that.
      if (model.client(id) !== undefined) return [0, 0];
      return [board.arrive(unit, { id, address }), model.arrive(unit, id, address)];
    },
);
const login = fc.tuple(id, user).map(
  ([id, user]): Operation =>
    (board, model) => [board.logIn(id, user), model.logIn(id, user)],
);
const failure = fc.tuple(id, user).map(
  ([id, user]): Operation =>
    (board, model) => [board.loginFailed(id, user), model.loginFailed(id, user)],
);
const logout = id.map(
  (id): Operation =>
    (board, model) => [board.logOut(id), model.logOut(id)],
);
const leaving = id.map(
  (id): Operation =>
    (board, model) => [board.leave(id), model.leave(id)],
);
const unitStart = unit.map(
  (unit): Operation =>
    (board, model) => {
      if (!model.units.includes(unit)) model.units.push(unit);
      return [board.unitStarted(unit, { process: unit }), undefined];
    },
);
const unitEnd = unit.map(
  (unit): Operation =>
    (board, model) => [board.unitEnded(unit), model.unitEnded(unit)],
);
const waiting = fc.constantFrom(1, 500, 1000, 30_000, 60_000, 240_000, 500_000).map(
  (ms): Operation =>
    (_, model) => {
      model.nowMs += ms;
      return [0, 0];
    },
);
const operations = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: arrival },
    { weight: 4, arbitrary: login },
    { weight: 8, arbitrary: failure },
    { weight: 1, arbitrary: logout },
    { weight: 3, arbitrary: leaving },
    { weight: 2, arbitrary: unitStart },
    { weight: 1, arbitrary: unitEnd },
    { weight: 3, arbitrary: waiting },
  ),
  { minLength: 20, maxLength: 90, size: 'max' },
);

const limits: fc.Arbitrary<Limits> = fc.record(
  {
    connections: fc.integer({ min: 1, max: 6 }),
    perAddress: fc.integer({ min: 1, max: 3 }),
    perUser: fc.integer({ min: 1, max: 2 }),
    bans: fc.record({
      failures: fc.integer({ min: 1, max: 4 }),
      withinMs: fc.constantFrom(30_000, 60_000, 600_000),
      firstMs: fc.constantFrom(1000, 60_000),
      longestMs: fc.constantFrom(60_000, 240_000),
    }),
  },
  { requiredKeys: [] },
);

test('whatever happens, the scoreboard answers and counts as one on paper, and is empty when all units have ended', () => {
  fc.assert(
    fc.property(limits, operations, (limits, operations) => {
      const model = new Model(limits);
      const board = new Scoreboard(limits, () => model.nowMs);
      for (const unit of UNITS) unitIsThere(unit, board, model);
      for (const operation of operations) {
        const [answer, expected] = operation(board, model);
        expect(answer).toEqual(expected);
        expectSame(board, model);
      }
      for (const unit of UNITS) board.unitEnded(unit);
      expect([board.rows(), board.connected, board.full]).toEqual([[], 0, false]);
      expect(board.served).toBe(model.served + model.clients.length);
      expectAllFree(board, model, limits);
    }),
    { numRuns: 300 },
  );
});

function unitIsThere(unit: number, board: Scoreboard, model: Model): void {
  board.unitStarted(unit, { process: unit });
  model.units.push(unit);
}

function expectSame(board: Scoreboard, model: Model): void {
  expect(board.rows().map(({ id, address, user, place }) => [id, address, user, place.process])).toEqual(
    model.clients.map(({ id, address, user, unit }) => [id, address, user, unit]),
  );
  expect(IDS.map((id) => board.unitOf(id))).toEqual(IDS.map((id) => model.client(id)?.unit));
  expect([board.connected, board.served]).toEqual([model.clients.length, model.served]);
}

/** No count was left behind: as many get in, and are the same user, as the limits say. */
function expectAllFree(board: Scoreboard, model: Model, limits: Limits): void {
  model.nowMs += 10_000_000;
  board.unitStarted(9, { process: 9 });
  for (const address of ['192.0.2.1', '2001:db8::1']) {
    const places = Math.min(limits.connections ?? 9, limits.perAddress ?? 9);
    const ids = Array.from({ length: places }, (_, index) => `${address} ${index}`);
    for (const id of ids) expect(board.arrive(9, { id, address })).toBeUndefined();
    for (const user of USERS) {
      for (const id of ids.slice(0, limits.perUser)) expect(board.logIn(id, user)).toBeUndefined();
    }
    for (const id of ids) board.leave(id);
  }
}
