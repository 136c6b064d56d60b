import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The next message of a child process. @throws Error when it ends instead; what it died of is on standard error. */
export async function messageOf<T>(child: ChildProcess): Promise<T> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message as T),
      once(child, 'exit', { signal }).then(() => {
        throw new Error('a process of the benchmark ended before its time');
      }),
    ]);
  } finally {
    waiting.abort();
  }
}
