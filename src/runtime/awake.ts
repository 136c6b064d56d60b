/**
 * Fulfilled when the promise is, or the signal aborts. Leaves nothing behind at either, as Promise.race would. Keeps the
 * process from ending meanwhile, as a socket that listens does: there may be no client left who would.
 */
export function awaitAwake(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const awake = setInterval(() => {}, 60_000);
  return new Promise((resolve) => {
    const done = () => {
      clearInterval(awake);
      signal.removeEventListener('abort', done);
      resolve();
    };
    signal.addEventListener('abort', done);
    void promise.then(done);
  });
}
