/** What tnftp and inetutils-ftp, both children of BSD's ftp, have in common. */
import type { Place } from './place.ts';
import type { Program } from './program.ts';

/** Starts one of them, logged in, in the test's directory of the server. */
export function startBsdFtp(place: Place, program: string, ...options: readonly string[]): Program {
  const { host, port, user, password } = place.server;
  const running = place.start(program, ['-n', '-v', ...options, host, String(port)]);
  running.type(`user ${user} ${password}`, `cd ${place.remote}`, 'debug');
  return running;
}

/** A word of a command line. Within quotes there is no way to write a quote. */
export function word(name: string): string {
  return name.replace(/[\s"\\]/g, '\\$&');
}
