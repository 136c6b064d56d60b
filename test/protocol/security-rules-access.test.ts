import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../src/protocol/command.ts';
import { commandTable } from '../../src/protocol/command-table.ts';
import { siteRows } from '../../src/protocol/commands/site.ts';
import { createLog, type LogFormat } from '../../src/services/log.ts';
import type { ControlClient, ReceivedReply } from '../support/control-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { everybody, greeted, loggedIn, startTestServer } from '../support/test-server.ts';
import { everybodyIs } from './commands/served.ts';

/** Ways to ask for what lies beside one's own home. */
const WAYS_OUT = ['../bob', '/../bob', '/bob', '../../bob', './/..//bob', 'sub/../../bob'];

/** An example of each word of a syntax that is no path. */
const WORDS: Readonly<Record<string, string>> = {
  '<octal-mode>': '600',
  '<YYYYMMDDhhmmss>': '20200102030405',
  '<YYYYMMDDhhmm[ss]>': '20200102030405',
  '<fact>=<value>; …': 'modify=20200102030405;UNIX.mode=0600;',
  '<target>': 'secret',
};

/** Those whose path need not be there. */
const MAKES = new Set(['MKD', 'XMKD', 'SITE MKDIR', 'STOR', 'APPE', 'STOU', 'RNTO', 'SITE COPY', 'SITE SYMLINK']);

const TRANSFERS = new Set(['RETR', 'STOR', 'STOU', 'APPE', 'LIST', 'NLST', 'MLSD']);

/** Every verb, aliases and subcommands too, that takes a path. */
const withPath: readonly [verb: string, row: Row][] = [
  ...commandTable.filter(({ refused }) => !refused).flatMap((row) => namesOf(row).map((verb) => [verb, row] as const)),
  ...siteRows.map((row) => [`SITE ${row.verb}`, row] as const),
]
  .filter(([, { syntax }]) => syntax.includes('pathname>'))
  .map(([verb, row]) => [verb, row]);

function namesOf({ verb, aliases = [] }: Row): string[] {
  return [verb, ...aliases];
}

/** Lines in which one path after the other is the given one, and the others are of the client's own. */
function linesWith(verb: string, { syntax }: Row, path: string): string[] {
  const form = Object.entries(WORDS).reduce((text, [word, example]) => text.replace(word, example), syntax);
  const plain = form.replaceAll(/\[.*?\](?= ?<SP> <pathname>)|\[<SP> <first.*$|\[<switches> <SP>\]|[[\]]/g, '');
  const places = [...plain.matchAll(/<(?:new-)?pathname>/g)].length;
  return Array.from({ length: places }, (_, place) => {
    let at = 0;
    const filled = plain.replaceAll(/<(?:new-)?pathname>/g, () => (at++ === place ? path : 'mine'));
    return `${verb} ${filled.replaceAll('<SP>', ' ').replaceAll(/ +/g, ' ').trim()}`;
  });
}

describe('S10: an account with a home of its own', () => {
  test('S10: is tried with every command that takes a path', () => {
    const verbs = withPath.map(([verb]) => verb);
    expect(verbs).toEqual(expect.arrayContaining(['RETR', 'XCWD', 'STAT', 'MFF', 'XCRC', 'SITE COPY', 'SITE CHMOD']));
    expect(linesWith('SITE COPY', siteRows.find(({ verb }) => verb === 'COPY')!, '/bob/secret')).toEqual([
      'SITE COPY /bob/secret mine',
      'SITE COPY mine /bob/secret',
    ]);
  });

  test.each(withPath)('S10: gets at nothing of another one with %s', async (verb, row) => {
    const root = await temporaryDirectory();
    for (const name of ['alice/sub', 'bob']) mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, 'bob/secret'), "bob's own");
    writeFileSync(join(root, 'alice/mine'), "alice's own");
    const before = pictureOf(join(root, 'bob'));
    const authenticator = everybodyIs({ home: '/alice' });
    const client = await loggedIn(await startTestServer({ root, authenticator, recursiveListingLimit: 100 }));
    for (const way of WAYS_OUT) {
      for (const target of [`${way}/secret`, way, ...(MAKES.has(verb) ? [`${way}/made`] : [])]) {
        for (const line of linesWith(verb, row, target)) {
          if (verb === 'RNTO') {
            writeFileSync(join(root, 'alice/mine'), "alice's own");
            expect(await client.code('RNFR mine')).toBe(350);
          }
          const { code, shown } = await outcomeOf(client, verb, line);
          expect(shown, line).not.toContain("bob's own");
          // One's own root may be asked for by as many `..` as one likes; what is named below it is one's own.
          if (!isOwnName(verb, target)) expect(code, `${line}\n${shown}`).toBeGreaterThanOrEqual(400);
        }
      }
    }
    expect(pictureOf(join(root, 'bob'))).toEqual(before);
    expect(existsSync(join(root, 'made'))).toBe(false);
  });

  /** `MKD /bob` makes a directory of that name in one's own home, and everything works in it from then on. */
  function isOwnName(verb: string, target: string): boolean {
    return MAKES.has(verb) && (/bob$/.test(target) || verb === 'SITE MKDIR' || verb.endsWith('MKD'));
  }

  function pictureOf(directory: string): unknown {
    const { mode, mtimeMs } = statSync(join(directory, 'secret'));
    return [readdirSync(directory), readFileSync(join(directory, 'secret'), 'utf8'), mode, mtimeMs];
  }

  async function outcomeOf(client: ControlClient, verb: string, line: string) {
    const data = TRANSFERS.has(verb) ? await client.passive() : undefined;
    const content = data?.everything().then(String, () => '');
    const replies: ReceivedReply[] = [await client.command(line)];
    if (replies[0]!.code < 200) {
      if (/^(?:STO|APPE)/.test(verb)) data?.socket.end('x');
      replies.push(await client.reply());
    }
    const lines = replies.flatMap((reply) => reply.lines).join('\n');
    data?.socket.destroy();
    const shown = `${lines}\n${replies.length > 1 ? await content : ''}`;
    return { code: replies.at(-1)!.code, shown };
  }
});

describe('S16: the log', () => {
  /** What could forge a line, turn the reading direction, or talk to the terminal of whoever reads it. */
  const HOSTILE: readonly (readonly [what: string, octets: Uint8Array])[] = [
    ['CR', Buffer.from('a\r\0b')],
    ['CR LF', Buffer.from('a\r\n12:00:00 info  login user=root')],
    ['ESC', Buffer.from('a\x1b[31m\x1b]0;title\x07')],
    ['U+202E', Buffer.from('a\u202etxt.exe')],
    ['line separators', Buffer.from('a\u2028b\u2029c\u0085d\vd\f')],
    ['no UTF-8', Buffer.from([0x61, 0xff, 0xff, 0xfe, 0xc0, 0xaf, 0xed, 0xa0, 0x80])],
    ['quotes', Buffer.from('a" user="root" \\" {"level":"info"}')],
    ['NUL', Buffer.from('a\0b')],
    ['much', Buffer.from('a'.repeat(3_000))],
  ];

  /** A server that logs all it can, and its lines. */
  async function logging(format: LogFormat) {
    const written: string[] = [];
    const log = createLog({ format, level: 'debug', write: (text) => written.push(text) });
    const server = await startTestServer({ log, logins: { failureDelayMs: 0, maxAttempts: 100 } });
    return { server, written };
  }

  const READERS: Readonly<Record<LogFormat, (line: string) => unknown>> = {
    json: (line) => expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), message: expect.any(String) }),
    // Each field is a plain value, or a text in quotes that JSON can read.
    text: (line) => {
      expect(line).toMatch(
        /^\d\d:\d\d:\d\d (?:debug|info |warn |error) [\w ]+?(?: \w+=(?:"(?:[^"\\]|\\.)*"|[^\s"]+))*$/,
      );
      for (const [quoted] of line.matchAll(/(?<==)"(?:[^"\\]|\\.)*"/g)) expect(JSON.parse(quoted)).toBeTypeOf('string');
    },
  };

  test.each(['text', 'json'] as const)('S16: stays one line each that can be read, in %s', async (format) => {
    const { server, written } = await logging(format);
    for (const [what, octets] of HOSTILE) {
      const user = await greeted(server);
      user.write(Buffer.concat([Buffer.from('USER '), octets, Buffer.from('\r\nPASS wrong\r\nQUIT\r\n')]));
      while ((await user.reply()).code !== 221);
      const client = await loggedIn(server);
      for (const verb of ['STOR', 'RETR', 'MKD', 'CWD', 'DELE', 'SITE', 'LIST', 'XYZZY', 'HOST', 'CLNT']) {
        const data = ['STOR', 'RETR', 'LIST'].includes(verb) ? await client.passive() : undefined;
        data?.socket.resume().end('x');
        client.write(Buffer.concat([Buffer.from(`${verb} `), octets, Buffer.from('\r\nCSID Name=marker;\r\n')]));
        for (let answer = await client.reply(); !/^200 Name=/.test(answer.lines[0]!); answer = await client.reply());
        data?.socket.destroy();
      }
      expect(written.length, what).toBeGreaterThan(0);
      for (const text of written.splice(0)) {
        expect(text, what).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]+\n$/u);
        READERS[format](text.slice(0, -1));
      }
    }
  });

  test('S16: has uploads under the very name that they have, escaped', async () => {
    const { server, written } = await logging('json');
    const client = await loggedIn(server);
    await client.upload('STOR a\u202e\x1b"b', 'x');
    const paths = written.map((line) => JSON.parse(line)).filter(({ message }) => message === 'upload');
    expect(paths).toEqual([expect.objectContaining({ path: '/a\u202e\x1b"b' })]);
  });

  test.each(['text', 'json'] as const)('S16: has no password in it, however that was mistyped (%s)', async (format) => {
    const { server, written } = await logging(format);
    const client = await greeted(server);
    const secret = 'hunter2';
    const lines = [`PASS ${secret}`, `PASS${secret}`, `pass  ${secret}`, `PASS\t${secret}`, ` PASS ${secret}`, secret];
    for (const line of [...lines, `ACCT ${secret}`, `ACCT${secret}`, `ADAT ${secret}`, `PAS ${secret}`]) {
      await client.command('USER tester');
      client.send(line);
      expect((await client.reply()).lines.join(), line).not.toContain(secret);
    }
    await client.command('USER tester');
    expect(await client.code('PASS secret')).toBe(230);
    for (const line of [`PASS ${secret}`, `ACCT ${secret}`, 'STAT', 'SITE WHO', 'HELP']) {
      expect((await client.command(line)).lines.join(), line).not.toContain(secret);
    }
    expect(JSON.stringify(await server.who())).not.toContain(secret);
    await client.command('QUIT');
    expect(written.length).toBeGreaterThan(3);
    expect(written.join('')).not.toContain(secret);
    expect(written.join('')).not.toMatch(/"secret"|=secret/);
  });

  test('S16: and no reply names a place outside of the virtual root', async () => {
    const root = await temporaryDirectory();
    mkdirSync(join(root, 'directory'));
    writeFileSync(join(root, 'file'), '');
    const client = await loggedIn(await startTestServer({ root, authenticator: everybody }));
    const wrong = [
      'CWD file',
      'CWD none',
      'RMD file',
      'DELE directory',
      'RNFR none',
      'MKD file',
      'MKD none/x',
      'SIZE none',
    ];
    for (const line of [
      ...wrong,
      'MDTM none',
      'MLST none',
      'SITE CHMOD 600 none',
      `CWD ${'x/'.repeat(3_000)}`,
      'STAT x',
    ]) {
      const { code, lines } = await client.command(line);
      expect(code, line).toBeGreaterThanOrEqual(400);
      expect(lines.join(), line).not.toMatch(/tmp|ohai-ftpd-|E[A-Z]{4,}|errno|\/proc/);
    }
  });
});
