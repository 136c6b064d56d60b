import type { Log, LogFields } from '../protocol/environment.ts';
import { printable, printableJson } from './printable.ts';

export type { Log } from '../protocol/environment.ts';

/** From the least to the most important; a log writes its own level and what follows. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export const LOG_FORMATS = ['text', 'json'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Takes a line with its line feed (default: standard error). */
  readonly write?: (line: string) => void;
}

interface Entry {
  readonly time: Date;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/**
 * A log that writes one line per entry, whatever a client put into the values: `text` for people
 * (`12:34:56 info login session=7 user=alice`), `json` for programs.
 */
export function createLog({ level: lowest, format, write = writeToStderr }: LogOptions): Log {
  const formatEntry = FORMATTERS[format];
  const at = (level: Exclude<LogLevel, 'silent'>) => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(lowest)) return () => {};
    return (message: string, fields: LogFields = {}) =>
      write(`${formatEntry({ time: new Date(), level, message, fields })}\n`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

const FORMATTERS: Readonly<Record<LogFormat, (entry: Entry) => string>> = {
  text({ time, level, message, fields }) {
    const pairs = Object.entries(fields).filter(([, value]) => value !== undefined);
    const values = pairs.map(([name, value]) => ` ${name}=${textValue(value!)}`);
    return `${clock(time)} ${level.padEnd(5)} ${printable(message)}${values.join('')}`;
  },

  json({ time, level, message, fields }) {
    const own = { time: time.toISOString(), level, message };
    // Own names come first and win.
    return printableJson({ ...own, ...fields, ...own });
  },
};

/** Values without white space, quotes and anything that could be mistaken for another field stand as they are. */
const PLAIN = /^[\w./:@%+,~-]+$/;

function textValue(value: string | number | boolean): string {
  return typeof value === 'string' && !PLAIN.test(value) ? printableJson(value) : String(value);
}

function clock(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

function writeToStderr(line: string): void {
  process.stderr.write(line);
}
