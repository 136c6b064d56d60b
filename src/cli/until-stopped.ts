import type { RunningServer } from '../runtime/runner.ts';
import type { Log } from '../services/log.ts';
import type { HostProcess, StopSignal } from './host-process.ts';

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The exit code of a process that a signal ended, as shells count: 128 and the signal's number. */
const EXIT_CODES: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/**
 * One act of a person comes as two signals within this time: npm hands on the Ctrl-C that the terminal sent to us as well,
 * and of a terminal that is closed both the shell and the kernel tell.
 */
const ECHO_MS = 300;

/**
 * Waits for the first SIGINT, SIGTERM or SIGHUP, then closes the server. A second signal ends the process at once.
 * Listens for signals when it returns.
 * @param options.graceMs how long clients may take to finish.
 * @param options.reload done at SIGHUP, which stops nothing then.
 */
export async function serveUntilStopped(
  server: Pick<RunningServer, 'stats' | 'close'>,
  host: HostProcess,
  { graceMs, log, reload }: { readonly graceMs: number; readonly log: Log; readonly reload?: () => void },
): Promise<void> {
  const stopSignals = reload ? SIGNALS.filter((signal) => signal !== 'SIGHUP') : SIGNALS;
  if (reload) host.on('SIGHUP', reload);
  await new Promise<void>((resolve, reject) => {
    let first: { readonly signal: StopSignal; readonly at: number } | undefined;

    const onSignal = (signal: StopSignal) => {
      if (first) {
        if (isEcho(signal, first)) return;
        log.warn('ended at once', { signal });
        host.exit(EXIT_CODES[signal]);
        return;
      }
      first = { signal, at: performance.now() };
      const { connected } = server.stats();
      log.info('stopping: clients may finish what they do; a second signal ends them at once', {
        signal,
        connected,
        graceMs,
      });
      server
        .close({ graceMs })
        .then(resolve, reject)
        .finally(() => {
          for (const name of stopSignals) host.off(name, onSignal);
        });
    };

    const isEcho = (signal: StopSignal, before: { readonly signal: StopSignal; readonly at: number }) =>
      signal === before.signal && performance.now() - before.at < echoMs(signal, host);

    for (const name of stopSignals) host.on(name, onSignal);
  });
  if (reload) host.off('SIGHUP', reload);
  log.info('stopped', { served: server.stats().served });
}

/** @returns for how long the same signal again counts as the first one still. */
function echoMs(signal: StopSignal, { env }: HostProcess): number {
  if (signal === 'SIGHUP') return ECHO_MS;
  return signal === 'SIGINT' && env.npm_command !== undefined ? ECHO_MS : 0;
}
