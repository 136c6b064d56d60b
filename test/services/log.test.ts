import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLog, type LogFormat, type LogLevel } from '../../src/services/log.ts';

function capture(format: LogFormat, level: LogLevel = 'debug') {
  const lines: string[] = [];
  return { lines, log: createLog({ format, level, write: (line) => lines.push(line) }) };
}

/** Everything that could break a line, change the reading direction or talk to a terminal. */
const HOSTILE = 'a\r\n12:00:00 info forged\t\x1b[31m\x7f\x85\u2028\u202e\u200b\udc80\u{e0041}"\\ z';

describe('a text log', () => {
  test('writes time, level, message and plain values', () => {
    const { lines, log } = capture('text');
    log.info('login', { session: 'k3-1', bytes: 12, ok: true, path: '/a/b.txt', gone: undefined });
    expect(lines.join('')).toMatch(/^\d\d:\d\d:\d\d info {2}login session=k3-1 bytes=12 ok=true path=\/a\/b\.txt\n$/);
  });

  test('quotes values that are not plain', () => {
    const { lines, log } = capture('text');
    log.warn('x', { a: 'two words', b: 'k=v', c: '', d: 'ü' });
    expect(lines.join('')).toContain(' a="two words" b="k=v" c="" d="ü"\n');
  });

  test('S16: stays one printable line whatever a client puts into a value', () => {
    const { lines, log } = capture('text');
    log.info('upload', { path: HOSTILE });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(
      'path="a\\r\\n12:00:00 info forged\\t\\u001b[31m\\u007f\\u0085\\u2028\\u202e\\u200b\\udc80\\udb40\\udc41\\"\\\\ z"\n',
    );
    expect(lines[0]).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*\n$/u);
  });

  test('S16: any value can be read back from its line', () => {
    const { lines, log } = capture('text');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        lines.length = 0;
        log.info('m', { value });
        const written = lines[0]!.slice(lines[0]!.indexOf('value=') + 6, -1);
        expect(written.startsWith('"') ? JSON.parse(written) : written).toBe(value);
      }),
    );
  });
});

describe('a JSON log', () => {
  test('S16: writes one line that parses, with every value as it was', () => {
    const { lines, log } = capture('json');
    log.error('fault', { path: HOSTILE, bytes: 3 });
    expect(lines[0]).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*\n$/u);
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'error', message: 'fault', path: HOSTILE, bytes: 3 });
    expect(Date.parse(JSON.parse(lines[0]!).time)).toBeCloseTo(Date.now(), -4);
  });

  test('does not let a field take the place of level and message', () => {
    const { lines, log } = capture('json');
    log.warn('real', { message: 'other', level: 'none' });
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'warn', message: 'real' });
  });
});

test.each([
  ['debug', 4],
  ['info', 3],
  ['warn', 2],
  ['error', 1],
  ['silent', 0],
] as const)('A log of level %s writes %i of four levels.', (level, count) => {
  const { lines, log } = capture('text', level);
  log.debug('d');
  log.info('i');
  log.warn('w');
  log.error('e');
  expect(lines).toHaveLength(count);
});
