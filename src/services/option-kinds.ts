import { resolve } from 'node:path';
import { z } from 'zod';
import { LOG_FORMATS, LOG_LEVELS } from './log.ts';

/** The longest time that a timer of Node can wait for, 24 days. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Kinds of options. Their errors follow the option's name in a sentence: `timeouts.idleMs must be …`. */

export function text() {
  return z.string(mustBe('text'));
}

/** Text that goes into a reply to a client: one line without control characters. */
export function line() {
  return text().regex(/^\P{Cc}*$/u, 'must be one line of text');
}

/** A path of the disk. Becomes absolute. */
export function path() {
  return text()
    .min(1, 'must not be empty')
    .transform((path) => resolve(path));
}

/** Where symbolic links may lead: anywhere inside of the root, nowhere, or anywhere. */
export function symlinkPolicy() {
  return choice(['inside', 'deny', 'follow']).default('inside');
}

/** What is written to standard error. */
export function logging() {
  return group({
    level: choice(LOG_LEVELS).default('error'),
    format: choice(LOG_FORMATS).default('text'),
  });
}

export function flag() {
  return z.boolean(mustBe('true or false'));
}

export function choice<const T extends string | boolean>(values: readonly T[]) {
  return z.literal(values, mustBe(`one of ${values.join(', ')}`));
}

/** @param unit what is counted, for the error message. */
export function wholeNumber(min: number, max: number, unit?: string) {
  const range = max === Number.MAX_SAFE_INTEGER ? `, ${min} or more` : ` from ${min} to ${max}`;
  const message = mustBe(`a whole number${unit ? ` of ${unit}` : ''}${range}`);
  return z.int(message).min(min, message).max(max, message);
}

export function bytesPerSecond() {
  return wholeNumber(1, Number.MAX_SAFE_INTEGER, 'octets per second');
}

export function milliseconds() {
  return wholeNumber(1, MAX_TIMEOUT_MS, 'milliseconds');
}

export function listOf<T extends z.ZodType>(kind: T, what: string) {
  return z.array(kind, mustBe(what)).readonly();
}

/** An object of options, each with its own default, which may be left out as a whole. */
export function group<T extends z.ZodRawShape>(options: T) {
  return z.strictObject(options, mustBe('an object')).prefault({} as never);
}

/** @param what the rest of the sentence that begins with the option's name and `must be`. */
export function mustBe(what: string) {
  return {
    error: ({ code, input }: { readonly code?: string; readonly input?: unknown }) => {
      if (code === 'unrecognized_keys') return undefined;
      return input === undefined ? `is missing: it must be ${what}` : `must be ${what}`;
    },
  };
}

/** For transform: a parser that throws; its message becomes the error of the option. */
export function orIssue<T, R>(parse: (value: T) => R) {
  return (value: T, context: z.RefinementCtx): R => {
    try {
      return parse(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: `is wrong: ${(error as Error).message}` });
      return z.NEVER;
    }
  };
}
