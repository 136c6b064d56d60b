import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BenchRecord } from '../../bench/record/record.ts';
import { RecordFileError, readRecord, whyNotWritten, writeRecord } from '../../bench/record/record-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { benchRecord, fullRecord, run, workload } from './support/sample-record.ts';

/** A file with such contents. */
async function file(contents: string): Promise<string> {
  const path = join(await temporaryDirectory(), 'record.json');
  await writeFile(path, contents);
  return path;
}

/** What is said of a file with such contents, without its name. */
async function complaintAbout(contents: string): Promise<string> {
  const path = await file(contents);
  const error = await readRecord(path).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(RecordFileError);
  const { message } = error as RecordFileError;
  expect(message).not.toContain('\n');
  expect(message.startsWith(`${path} `)).toBe(true);
  return message.slice(path.length + 1);
}

/** A good record with some fields changed, as JSON. */
function spoilt(change: (record: Record<string, never>) => void): string {
  const copy = structuredClone(fullRecord()) as unknown as Record<string, never>;
  change(copy);
  return JSON.stringify(copy);
}

describe('a record', () => {
  test('comes out of its file as it went in, in a folder that is made for it', async () => {
    const folder = join(await temporaryDirectory(), 'some', 'results');
    const path = await writeRecord(folder, fullRecord());
    expect(path).toBe(join(folder, '2026-11-27T15-55-08Z.json'));
    expect(await readRecord(path)).toEqual(JSON.parse(JSON.stringify(fullRecord())));
    expect(await readdir(folder)).toEqual(['2026-11-27T15-55-08Z.json']);
  });

  test('that is not complete says so in the name of its file', async () => {
    const path = await writeRecord(await temporaryDirectory(), benchRecord({ status: 'interrupted' }));
    expect(path).toMatch(/\/2026-11-27T15-55-08Z-interrupted\.json$/);
    expect((await readRecord(path)).status).toBe('interrupted');
  });

  test('is written without figures that are no numbers, which JSON does not have', async () => {
    const runs = [run('login', 'reactor', { rate: Number.NaN, p99: 2 })];
    const path = await writeRecord(await temporaryDirectory(), benchRecord({ workloads: [workload('login')], runs }));
    expect((await readRecord(path)).runs[0]!.figures).toEqual({ p99: 2 });
  });

  test('keeps what a later version has added to its form', async () => {
    const path = await file(spoilt((record) => Object.assign(record, { weather: 'fine' })));
    expect(await readRecord(path)).toHaveProperty('weather', 'fine');
  });

  test('that cannot be written is told in one line with a way out', async () => {
    const folder = join(await file('not a folder'), 'results');
    const error = await writeRecord(folder, benchRecord()).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RecordFileError);
    expect((error as Error).message).toBe(
      `The results cannot be written to ${join(folder, '2026-11-27T15-55-08Z.json')}: ` +
        'part of the path is a file; name another folder with --output',
    );
  });

  test('for which the disk has no room is told so', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(whyNotWritten('results/x.json', error)).toBe(
      'The results cannot be written to results/x.json: the disk is full; make room, or name another folder with --output',
    );
  });

  test('that could not be written leaves nothing behind, nor harms the one that was there', async () => {
    const folder = await temporaryDirectory();
    // A folder in its place cannot be replaced by a file.
    await mkdir(join(folder, '2026-11-27T15-55-08Z.json'));
    await expect(writeRecord(folder, benchRecord())).rejects.toThrow(RecordFileError);
    expect(await readdir(folder)).toEqual(['2026-11-27T15-55-08Z.json']);
  });
});

describe('a file that is no good is refused in one line:', () => {
  test('one that is not there', async () => {
    const path = join(await temporaryDirectory(), 'nothing.json');
    await expect(readRecord(path)).rejects.toThrow(new RecordFileError(`${path} does not exist`));
  });

  test('a folder', async () => {
    const folder = await temporaryDirectory();
    await expect(readRecord(folder)).rejects.toThrow(new RecordFileError(`${folder} is a folder, not a file`));
  });

  test('an empty one', async () => {
    expect(await complaintAbout('\n')).toBe('is empty');
  });

  test('one that is not JSON', async () => {
    expect(await complaintAbout('# Report\n')).toBe('is no record of the bench: it is not JSON');
    expect(await complaintAbout('{ "format": 1, }')).toBe('is broken: it is not valid JSON');
  });

  test('one that was cut, wherever', async () => {
    const path = await writeRecord(await temporaryDirectory(), fullRecord());
    const whole = (await readFile(path, 'utf8')).trimEnd();
    const cuts = [1, 2, 100, Math.floor(whole.length / 2), whole.length - 2, whole.length - 1];
    for (const cut of cuts) expect(await complaintAbout(whole.slice(0, cut))).toMatch(/^is (?:cut off|broken): /);
    expect(await complaintAbout(whole.slice(0, 100))).toBe('is cut off: it ends in the middle');
  });

  test('JSON of something else', async () => {
    for (const json of ['{}', '[]', 'null', '{ "bench": "Transfers", "rows": [] }'])
      expect(await complaintAbout(json)).toBe('is no record of the bench: it has no format number');
  });

  test('one of another format', async () => {
    expect(await complaintAbout('{ "format": 2 }')).toBe(
      'has format 2, and this version reads 1: use the version that wrote it, or measure anew',
    );
  });

  type Broken = { [Key in keyof BenchRecord]: never } & Record<string, never[]>;

  test.each<[string, (record: Broken) => void, string]>([
    [
      'a field that is missing',
      (r) => delete (r.environment as { cores?: unknown }).cores,
      'environment.cores is missing',
    ],
    ['a text for a number', (r) => set(r.runs[0]!, 'clients', 'ten'), 'runs[0].clients must be a whole number'],
    ['a number for a text', (r) => set(r, 'began', 5), 'began must be a time in UTC, as in 2026-11-27T15:55:08.000Z'],
    ['no list', (r) => set(r, 'runs', {}), 'runs must be a list'],
    [
      'an unknown outcome',
      (r) => set(r.runs[0]!, 'outcome', 'fine'),
      'runs[0].outcome must be ok or failed or wrong or skipped',
    ],
    [
      'a figure that is null',
      (r) => set(r.runs[0]!, 'figures', { rate: null }),
      'runs[0].figures.rate must be a number',
    ],
    ['no figures', (r) => set(r.workloads[0]!, 'figures', []), 'workloads[0].figures must be a list of one at least'],
    ['too few latencies', (r) => set(r.runs[0]!, 'latencyMs', [1]), 'runs[0].latencyMs must be a list of 12, or none'],
    [
      'a run of nobody',
      (r) => set(r.runs[2]!, 'candidate', 'x'),
      'runs[2].candidate names a candidate that is not in the list',
    ],
    [
      'two of them',
      (r) => [set(r, 'notes', 1), set(r, 'status', 1)],
      'status must be complete or interrupted (and 1 more)',
    ],
  ])('one with %s', async (_, change, complaint) => {
    expect(await complaintAbout(spoilt((record) => change(record as never)))).toBe(`is broken: ${complaint}`);
  });

  function set(where: object, key: string, value: unknown): void {
    Object.assign(where, { [key]: value });
  }
});
