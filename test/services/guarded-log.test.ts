import { expect, test } from 'vitest';
import { guardedLog } from '../../src/services/guarded-log.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

test('A guarded log hands every line on, to methods that find their object.', () => {
  const log = {
    lines: [] as unknown[],
    add(level: string, message: string, fields?: object) {
      this.lines.push([level, message, fields]);
    },
    debug(message: string, fields?: object) {
      this.add('debug', message, fields);
    },
    info(message: string, fields?: object) {
      this.add('info', message, fields);
    },
    warn(message: string, fields?: object) {
      this.add('warn', message, fields);
    },
    error(message: string, fields?: object) {
      this.add('error', message, fields);
    },
  };
  const guarded = guardedLog(log);
  for (const level of LEVELS) guarded[level](`of ${level}`, { session: '7' });
  expect(log.lines).toEqual(LEVELS.map((level) => [level, `of ${level}`, { session: '7' }]));
});

test('A guarded log neither throws nor leaves a rejection behind, whatever the other one does.', async () => {
  let calls = 0;
  const throwing = () => {
    calls += 1;
    throw new Error('of the log');
  };
  const rejecting = async () => throwing();
  const unhandled: unknown[] = [];
  const listen = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', listen);
  try {
    for (const log of [
      guardedLog({ debug: throwing, info: throwing, warn: throwing, error: throwing }),
      guardedLog({ debug: rejecting, info: rejecting, warn: rejecting, error: rejecting }),
    ]) {
      for (const level of LEVELS) expect(log[level]('line')).toBeUndefined();
    }
    // Node tells of rejections that nobody took after the microtasks of the turn.
    await new Promise(setImmediate);
  } finally {
    process.off('unhandledRejection', listen);
  }
  expect(calls).toBe(8);
  expect(unhandled).toEqual([]);
});
