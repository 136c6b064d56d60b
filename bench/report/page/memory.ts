/** What a reader chose is kept for the next visit, where the browser keeps anything. */
const PREFIX = 'ohai-ftpd-bench.';

export type Remembered = 'theme' | 'peers';

export function recall(what: Remembered): string | undefined {
  try {
    return localStorage.getItem(PREFIX + what) ?? undefined;
  } catch {
    // Some browsers keep nothing for files, or for readers who do not want it.
    return undefined;
  }
}

export function remember(what: Remembered, value: string): void {
  try {
    localStorage.setItem(PREFIX + what, value);
  } catch {
    // As above: it then holds for this visit.
  }
}
