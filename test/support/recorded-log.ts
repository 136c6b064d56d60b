import { createLog, type Log } from '../../src/services/log.ts';

/** A log, and the lines that it has got: `warn data connection … session=1`. */
export function recordedLog(): { readonly log: Log; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line.replace(/^\S+ (\w+) +/, '$1 ').trimEnd());
  return { log: createLog({ level: 'debug', format: 'text', write }), lines };
}
