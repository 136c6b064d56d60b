import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { describeClient } from './client.ts';
import { plant } from './files.ts';
import type { Place } from './place.ts';
import type { Program } from './program.ts';
import { everywhere, FRESH, IMPLICIT, RESUMED } from './transport.ts';

/** What people look at a server with. It knows no FTP but AUTH TLS: lines that are typed go out as they are. */
const OPENSSL = {
  name: 'openssl s_client',
  programs: ['openssl'],
  debianPackage: 'openssl',
  transports: [...FRESH, ...RESUMED, ...IMPLICIT.map(everywhere)],
};

/** Its session, by which data connections are resumed. */
const SESSION = 'session.pem';

/** Connects to a port of the server; a certificate that cannot be verified ends it. */
function sClient(place: Place, port: number, ...words: readonly string[]): Program {
  const { version, authority } = place.tls!;
  const { host } = place.server;
  return place.start('openssl', [
    ...['s_client', '-connect', `${host}:${port}`, `-tls1_${version.at(-1)}`],
    ...['-CAfile', authority, '-verify_return_error', '-verify_ip', host, '-nocommands', '-brief', ...words],
  ]);
}

/** Has a control connection, logged in and in the test's directory, do something. @returns what was said on it. */
async function connected(place: Place, work: (control: Program) => Promise<void>): Promise<string> {
  const { port, user, password } = place.server;
  const begins = place.tls!.begins === 'at once' ? [] : ['-starttls', 'ftp'];
  const control = sClient(place, port, ...begins, '-crlf', '-ign_eof', '-sess_out', SESSION);
  await control.until(/^Verification: OK$/m);
  for (const [line, answer] of [
    [`USER ${user}`, /^331 /m],
    [`PASS ${password}`, /^230 /m],
    [`CWD ${place.remote}`, /^250 /m],
    ['PBSZ 0', /^200 PBSZ=0/m],
    ['PROT P', /^200 Data/m],
  ] as const) {
    control.type(line);
    await control.until(answer);
  }
  await work(control);
  control.type('QUIT');
  return control.success();
}

/** A data connection for the command that is typed next. */
async function dataConnection(place: Place, control: Program): Promise<Program> {
  control.type('EPSV');
  await control.until(/^229 /m);
  const port = Number(/\(\|\|\|(\d+)\|\)/.exec(control.said)![1]);
  return sClient(place, port, ...(place.tls!.resumes ? ['-sess_in', SESSION] : []));
}

describeClient(OPENSSL, ({ testOfCore }) => {
  testOfCore('verifies the certificate, and logs in over the version that it asks for', async (place) => {
    const said = await connected(place, async () => {});
    expect(said).toContain(`Protocol version: TLSv${place.tls!.version}\n`);
    expect(said).toMatch(/^221 /m);
  });

  testOfCore('gets a file', async (place) => {
    await plant(join(place.served, 'text'), 'one\ntwo\n');
    await connected(place, async (control) => {
      const data = await dataConnection(place, control);
      control.type('RETR text');
      await control.until(/^226 /m);
      // A session begins with TYPE A.
      expect(await data.success()).toContain('one\r\ntwo\r\n');
    });
  });

  testOfCore('puts a file', async (place) => {
    await connected(place, async (control) => {
      const data = await dataConnection(place, control);
      control.type('STOR text');
      await control.until(/^150 /m);
      data.type('one', 'two');
      await data.success();
      await control.until(/^226 /m);
    });
    expect(await readFile(join(place.served, 'text'), 'utf8')).toBe('one\ntwo\n');
  });
});
