/** Records in files: bench/results/2026-11-27T15-55-08Z.json. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BenchRecord, RECORD_FORMAT } from './record.ts';
import { recordSchema } from './record-schema.ts';

/** Its message is one line, for whoever has called the bench. */
export class RecordFileError extends Error {
  override readonly name = 'RecordFileError';
}

/**
 * Written beside, and renamed when it is whole.
 * @param folder which is made where there is none. @returns the path of the file. @throws RecordFileError.
 */
export async function writeRecord(folder: string, record: BenchRecord): Promise<string> {
  const path = join(folder, nameOf(record));
  const beside = `${path}.${process.pid}.new`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(beside, `${JSON.stringify(record, finite, 1)}\n`);
    await rename(beside, path);
    return path;
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    throw new RecordFileError(whyNotWritten(path, error), { cause: error });
  }
}

/** @throws RecordFileError. */
export async function readRecord(path: string): Promise<BenchRecord> {
  const fail = (what: string, cause?: unknown): never => {
    throw new RecordFileError(`${path} ${what}`, { cause });
  };
  const json = await readFile(path, 'utf8').catch((error) => fail(whyNotRead(error), error));
  const value = parse(json, fail);
  const format = (value as { readonly format?: unknown } | null)?.format;
  if (typeof format !== 'number') fail('is no record of the bench: it has no format number');
  if (format !== RECORD_FORMAT) {
    fail(
      `has format ${format}, and this version reads ${RECORD_FORMAT}: use the version that wrote it, or measure anew`,
    );
  }
  const { success, data, error } = recordSchema.safeParse(value);
  if (success) return data;
  const [{ path: at, message }, ...others] = error.issues as [(typeof error.issues)[number], ...unknown[]];
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return fail(`is broken: ${fieldAt(at)} ${message}${more}`);
}

/** The time at which it began, in characters that file names may have everywhere, and whether something is missing. */
function nameOf({ began, status }: BenchRecord): string {
  const time = began.replace(/\.\d+/, '').replaceAll(':', '-');
  return `${time}${status === 'complete' ? '' : `-${status}`}.json`;
}

/** JSON has no numbers that are none: a figure that came out as one has not been measured. */
function finite(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? undefined : value;
}

function parse(json: string, fail: (what: string, cause: unknown) => never): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    // A record ends with a brace, whatever it was cut out of.
    const begins = /^\s*\{/.test(json);
    if (json.trim() === '') return fail('is empty', error);
    if (begins && !/\}\s*$/.test(json)) return fail('is cut off: it ends in the middle', error);
    return fail(begins ? 'is broken: it is not valid JSON' : 'is no record of the bench: it is not JSON', error);
  }
}

const NOT_WRITTEN: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room, or name another folder with --output',
  EDQUOT: 'your quota is used up; make room, or name another folder with --output',
  EROFS: 'the file system is read-only; name another folder with --output',
  EACCES: 'you may not write there; name another folder with --output',
  EPERM: 'you may not write there; name another folder with --output',
  ENOTDIR: 'part of the path is a file; name another folder with --output',
  EEXIST: 'part of the path is a file; name another folder with --output',
};

export function whyNotWritten(path: string, error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return `The results cannot be written to ${path}: ${NOT_WRITTEN[code] ?? message}`;
}

const NOT_READ: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'cannot be read: you may not',
  EISDIR: 'is a folder, not a file',
};

function whyNotRead(error: NodeJS.ErrnoException): string {
  return NOT_READ[error.code ?? ''] ?? `cannot be read: ${error.message}`;
}

/** Such as `runs[3].figures.rate`. */
function fieldAt(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .slice(1);
}
