/** Ctrl-C: the first asks to come to an end, the second does not wait. */
import type { Abandon } from '../run/bench.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm passes Ctrl-C on to whom the terminal has told it already: what comes so soon is the same one. */
const SAME_MS = 500;

/** @param onFirst told once. @returns what tells that an end is wanted. */
export function interruption(onFirst: () => void): Abandon & Disposable {
  const controller = new AbortController();
  let first = 0;
  const heard = () => {
    if (first === 0) {
      first = performance.now();
      onFirst();
      controller.abort();
    } else if (performance.now() - first > SAME_MS) {
      // What is running is killed on `exit`.
      process.exit(130);
    }
  };
  for (const signal of SIGNALS) process.on(signal, heard);
  return Object.assign(controller.signal, {
    [Symbol.dispose]: () => {
      for (const signal of SIGNALS) process.off(signal, heard);
    },
  });
}
