import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SharedPorts } from '../../src/runtime/shared-ports.ts';

const HERE = '127.0.0.1';
const AT_ONCE = { address: HERE, except: [], waitMs: 0 };
const PATIENT = { address: HERE, except: [], waitMs: 5_000 };

function sharedPorts(...units: readonly string[]): { ports: SharedPorts<string>; asked: string[] } {
  const ports = new SharedPorts<string>();
  const asked: string[] = [];
  for (const unit of units) ports.onWanted(unit, () => asked.push(unit));
  return { ports, asked };
}

function stopTheClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

describe('the ports that units share', () => {
  test('belong to one unit each, until they are all given', async () => {
    const { ports } = sharedPorts('a', 'b');
    const given = [];
    for (let i = 0; i < 10; i++) given.push(await ports.acquire(i % 2 ? 'a' : 'b', [100, 109], AT_ONCE));
    expect(given.sort()).toEqual([100, 101, 102, 103, 104, 105, 106, 107, 108, 109]);
    expect(await ports.acquire('a', [100, 109], AT_ONCE)).toBeUndefined();
  });

  test('are others for each local address', async () => {
    const { ports } = sharedPorts('a', 'b');
    expect(await ports.acquire('a', [100, 100], AT_ONCE)).toBe(100);
    expect(await ports.acquire('b', [100, 100], { ...AT_ONCE, address: '::1' })).toBe(100);
  });

  test('S5: come in an order that cannot be foretold', async () => {
    const order = async () => {
      const { ports } = sharedPorts('a');
      const given = [];
      for (let i = 0; i < 50; i++) given.push(await ports.acquire('a', [100, 999], AT_ONCE));
      return given;
    };
    expect(await order()).not.toEqual(await order());
  });

  test('do not come that the unit has no use for', async () => {
    const { ports } = sharedPorts('a');
    expect(await ports.acquire('a', [100, 101], { ...AT_ONCE, except: [100] })).toBe(101);
    expect(await ports.acquire('a', [100, 101], { ...AT_ONCE, except: [100] })).toBeUndefined();
  });

  test('go to who waits longest and can use them', async () => {
    const { ports } = sharedPorts('a', 'b', 'c');
    for (const port of [100, 101]) await ports.acquire('a', [port, port], AT_ONCE);
    const served: string[] = [];
    void ports.acquire('b', [100, 101], { ...PATIENT, except: [100] }).then((port) => served.push(`b ${port}`));
    void ports.acquire('c', [100, 101], PATIENT).then((port) => served.push(`c ${port}`));
    void ports.acquire('b', [100, 101], PATIENT).then((port) => served.push(`b ${port}`));
    ports.giveBack('a', 100, HERE);
    await expect.poll(() => served).toEqual(['c 100']);
    ports.giveBack('a', 101, HERE);
    await expect.poll(() => served).toEqual(['c 100', 'b 101']);
    ports.giveBack('c', 100, HERE);
    await expect.poll(() => served).toEqual(['c 100', 'b 101', 'b 100']);
  });

  test('are waited for no longer than was said', async () => {
    stopTheClock();
    const { ports } = sharedPorts('a', 'b');
    await ports.acquire('a', [100, 100], AT_ONCE);
    const waiting = ports.acquire('b', [100, 100], PATIENT);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await waiting).toBeUndefined();
    ports.giveBack('a', 100, HERE);
    expect(await ports.acquire('a', [100, 100], AT_ONCE)).toBe(100);
  });

  test('are asked for of all units that have any, once until they give one back, and not of who waits alone', async () => {
    const { ports, asked } = sharedPorts('a', 'b', 'none');
    await ports.acquire('a', [100, 100], AT_ONCE);
    await ports.acquire('a', [101, 101], AT_ONCE);
    await ports.acquire('b', [102, 102], AT_ONCE);
    void ports.acquire('b', [100, 102], PATIENT);
    expect(asked).toEqual(['a']);
    void ports.acquire('none', [100, 102], PATIENT);
    expect(asked).toEqual(['a', 'b']);
    ports.giveBack('a', 100, HERE);
    expect(asked).toEqual(['a', 'b', 'a']);
  });

  test('are asked for of the unit that has just got one, when others wait still', async () => {
    const { ports, asked } = sharedPorts('a', 'b', 'c');
    await ports.acquire('a', [100, 100], AT_ONCE);
    void ports.acquire('b', [100, 100], PATIENT);
    void ports.acquire('c', [100, 100], PATIENT);
    ports.giveBack('a', 100, HERE);
    expect(asked).toEqual(['a', 'b']);
  });

  test('of a unit that has ended go to others after a rest, and it gets none that it waited for', async () => {
    stopTheClock();
    const { ports } = sharedPorts('a', 'b', 'c');
    await ports.acquire('a', [100, 100], AT_ONCE);
    await ports.acquire('b', [101, 101], AT_ONCE);
    const inVain = ports.acquire('a', [101, 101], PATIENT);
    let given: number | undefined;
    const waiting = ports.acquire('c', [100, 101], PATIENT).then((port) => {
      given = port;
    });
    ports.unitEnded('a');
    expect(await inVain).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1_499);
    expect(given).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect(given).toBe(100);
  });

  test('are neither given to a unit that has ended nor taken from it a second time', async () => {
    stopTheClock();
    const { ports } = sharedPorts('a', 'b');
    await ports.acquire('a', [100, 100], AT_ONCE);
    ports.unitEnded('a');
    ports.giveBack('a', 100, HERE);
    expect(await ports.acquire('b', [100, 100], AT_ONCE)).toBeUndefined();
    vi.advanceTimersByTime(1_500);
    expect(await ports.acquire('a', [100, 100], AT_ONCE)).toBeUndefined();
    expect(await ports.acquire('b', [100, 100], AT_ONCE)).toBe(100);
    ports.giveBack('a', 100, HERE);
    expect(await ports.acquire('b', [100, 100], AT_ONCE)).toBeUndefined();
  });

  test('never belong to two units, and none is lost', async () => {
    const step = fc.record({
      what: fc.constantFrom('acquire', 'acquire', 'wait', 'giveBack', 'end'),
      unit: fc.constantFrom('a', 'b', 'c'),
    });
    stopTheClock();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const ports = new SharedPorts<string>({ restAfterEndMs: 0 });
        const owner = new Map<number, string>();
        let generation = 0;
        const alive = new Map(['a', 'b', 'c'].map((name) => [name, name]));
        const spare = (unit: string) => {
          const port = [...owner.keys()].find((at) => owner.get(at) === unit);
          if (port === undefined) return;
          owner.delete(port);
          ports.giveBack(unit, port, HERE);
        };
        const got = (unit: string) => (port: number | undefined) => {
          if (port === undefined) return;
          expect(owner.has(port)).toBe(false);
          owner.set(port, unit);
        };
        for (const unit of alive.values()) ports.onWanted(unit, () => {});
        for (const { what, unit: name } of steps) {
          const unit = alive.get(name)!;
          if (what === 'acquire') await ports.acquire(unit, [100, 104], AT_ONCE).then(got(unit));
          else if (what === 'wait') void ports.acquire(unit, [100, 104], PATIENT).then(got(unit));
          else if (what === 'giveBack') spare(unit);
          else {
            ports.unitEnded(unit);
            for (const [port, at] of owner) if (at === unit) owner.delete(port);
            alive.set(name, `${name} ${++generation}`);
            ports.onWanted(alive.get(name)!, () => {});
          }
          await vi.advanceTimersByTimeAsync(0);
        }
        for (const unit of alive.values()) ports.unitEnded(unit);
        await vi.advanceTimersByTimeAsync(0);
        ports.onWanted('last', () => {});
        for (let i = 0; i < 5; i++) expect(await ports.acquire('last', [100, 104], AT_ONCE)).toBeDefined();
      }),
    );
  });
});
