import type { Log, LogFields } from '../protocol/environment.ts';

/**
 * A log that never throws, around one of which that cannot be said: a line that cannot be written is lost, and the
 * session that wrote it goes on. There is nobody to tell, since the log is where one would.
 */
export function guardedLog(log: Log): Log {
  const at = (level: keyof Log) => (message: string, fields?: LogFields) => {
    try {
      // An async function is a Log for the compiler as well; what it rejects with would end the process.
      const written: unknown = log[level](message, fields);
      if (written instanceof Promise) written.catch(() => {});
    } catch {}
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
