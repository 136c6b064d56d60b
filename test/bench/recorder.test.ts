import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Recorder } from '../../bench/load/recorder.ts';
import { PERCENTS } from '../../bench/record/record.ts';

const passMs = (milliseconds: number) => void vi.advanceTimersByTime(milliseconds);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  return () => void vi.useRealTimers();
});

describe('an operation', () => {
  test('counts in part when it began before the measurement, and its latency does not', () => {
    const recorder = new Recorder();
    const began = performance.now();
    passMs(300);
    recorder.start();
    passMs(100);
    recorder.operation(began);
    recorder.end();
    expect(recorder.result(0)).toMatchObject({ operations: 0.25, latencyCount: 0 });
  });

  test('counts in part when it ends after the measurement, with its whole latency', () => {
    const recorder = new Recorder();
    recorder.start();
    const began = performance.now();
    passMs(100);
    recorder.end();
    passMs(300);
    recorder.operation(began);
    const { operations, latencyMs } = recorder.result(0);
    expect(operations).toBe(0.25);
    expect(latencyMs![PERCENTS.indexOf(50)]).toBeCloseTo(400, -1);
  });

  test('has a latency from when it should have begun', () => {
    const recorder = new Recorder();
    recorder.start();
    const due = performance.now();
    passMs(200);
    const began = performance.now();
    passMs(1);
    recorder.operation(began, due);
    recorder.end();
    expect(recorder.result(0).latencyMs![0]).toBeCloseTo(201, -1);
  });

  test('of warming up does not count', () => {
    const recorder = new Recorder();
    recorder.operation(performance.now());
    recorder.error('of warming up');
    recorder.octets(1);
    recorder.start();
    passMs(1);
    recorder.end();
    expect(recorder.result(0)).toMatchObject({ operations: 0, octets: 0, errors: {}, latencyCount: 0 });
  });
});

test('the timeline has a bar for each part of the time, empty ones too', () => {
  const recorder = new Recorder(100);
  recorder.start();
  recorder.operation(performance.now());
  passMs(250);
  recorder.error('some');
  recorder.error('some');
  passMs(100);
  recorder.end();
  expect(recorder.result(0).timeline).toEqual({ everyMs: 100, operations: [1, 0, 0, 0], errors: [0, 0, 2, 0] });
});

test('an octet that was wrong in the warm-up is wrong', () => {
  const recorder = new Recorder();
  onTestFinished(() => recorder.end());
  recorder.wrong('first');
  recorder.start();
  recorder.wrong('second');
  recorder.end();
  expect(recorder.result(0).wrong).toBe('first');
});
