import { describe, expect, test } from 'vitest';
import { PERMISSIONS, type Permission } from '../../src/accounts/account.ts';
import { MemoryFileSystem } from '../../src/index.ts';
import type { Row } from '../../src/protocol/command.ts';
import { commandTable } from '../../src/protocol/command-table.ts';
import { siteRows } from '../../src/protocol/commands/site.ts';
import type { ControlClient } from '../support/control-client.ts';
import { greeted, loggedIn, startTestServer } from '../support/test-server.ts';
import { everybodyIs, servedFiles } from './commands/served.ts';

/** A row of either table, under one of the names by which a client calls it. */
interface Call {
  readonly row: Row;
  readonly verb: string;
}

const calls: readonly Call[] = [
  ...commandTable.flatMap((row) => callsOf(row, '')),
  ...siteRows.flatMap((row) => callsOf(row, 'SITE ')),
];

/** These end the session or change who has logged in. */
const ENDS_THE_SESSION = ['QUIT', 'REIN', 'USER', 'PASS'];

function callsOf(row: Row, prefix: string): Call[] {
  return [row.verb, ...(row.aliases ?? [])].map((verb) => ({ row, verb: prefix + verb }));
}

/** The call with an argument where it takes one. */
function lineOf({ row, verb }: Call): string {
  return row.argument === 'none' ? verb : `${verb} x`;
}

const named = (wanted: (row: Row) => boolean): [string, Call][] =>
  calls.filter(({ row }) => wanted(row)).map((call) => [call.verb, call]);

describe('the command table', () => {
  test('has each verb once', () => {
    const verbs = calls.map(({ verb }) => verb);
    expect(verbs).toHaveLength(new Set(verbs).size);
  });

  test('describes each command for HELP and for the documentation', () => {
    for (const { row } of calls) {
      expect(row.verb).toMatch(/^[A-Z][A-Z0-9]{2,7}$/);
      expect(row.summary).toMatch(/[^.]$/);
      expect(row.source).not.toBe('');
      if (row.argument === 'required') expect(row.syntax, row.verb).not.toBe('');
    }
  });

  test('S10: lets strangers call nothing but what these need', () => {
    const strangers = commandTable.filter(({ access, refused }) => access === 'anyone' && !refused);
    expect(strangers.map(({ verb }) => verb).sort()).toEqual(
      // SITE itself is open for SITE HELP, which GVfs and ncftp ask for; its subcommands have checks of their own.
      'ACCT AUTH CLNT CSID FEAT HELP HOST LANG NOOP OPTS PASS PBSZ PROT QUIT REIN SITE SYST USER'.split(' '),
    );
    expect(siteRows.filter(({ access }) => access === 'anyone').map(({ verb }) => verb)).toEqual(['HELP']);
  });

  test('S10: names a permission in each row that changes or shows files', () => {
    const free = [...commandTable, ...siteRows].filter((row) => row.access === 'logged-in' && !row.permission);
    expect(free.map(({ verb }) => verb).sort()).toEqual(
      // STAT asks for `list` when it has a path; the others touch no file.
      'ABOR ALLO CDUP CWD EPRT EPSV IDLE MODE PASV PORT PWD RANG REST STAT STRU TYPE UMASK WHO'.split(' '),
    );
  });
});

describe('S10: a client that has not logged in', () => {
  test.each(named(({ access }) => access === 'logged-in'))('is answered 530 to %s', async (_verb, call) => {
    const client = await greeted(await startTestServer());
    expect(await client.code(lineOf(call))).toBe(530);
    await client.command('USER tester');
    expect(await client.code(lineOf(call))).toBe(530);
  });

  test.each(named((row) => row.access === 'anyone' && !ENDS_THE_SESSION.includes(row.verb)))(
    'may call %s',
    async (_verb, call) => {
      const client = await greeted(await startTestServer());
      expect(await client.code(lineOf(call))).not.toBe(530);
    },
  );
});

describe('W33: an argument', () => {
  test.each(named(({ argument }) => argument === 'required'))('is demanded with 501 by %s', async (_verb, call) => {
    const { client } = await servedFiles();
    expect(await client.code(call.verb)).toBe(501);
    expect(await client.code(`${call.verb} `)).toBe(501);
    expect(await client.code('NOOP')).toBe(200);
  });

  test.each(named(({ argument }) => argument === 'none'))('is refused with 501 by %s', async (_verb, call) => {
    const { client } = await servedFiles();
    expect(await client.code(`${call.verb} x`)).toBe(501);
    // Clients that put a space behind every verb mean nothing by it.
    expect(await client.code(`${call.verb} `)).not.toBe(501);
  });
});

describe('S10: an account', () => {
  test.each(named(({ permission }) => permission !== undefined))(
    'that has every permission but the one of %s is answered 550, and changes nothing',
    async (_verb, call) => {
      const { permission } = call.row;
      const others = PERMISSIONS.filter((each) => each !== permission);
      const { line, storage } = await answerTo(call, others);
      expect(line).toBe('550 Permission denied.');
      expect(await names(storage)).toEqual(['x']);
      expect((await answerTo(call, PERMISSIONS)).line).not.toBe('550 Permission denied.');
    },
  );

  test('that may only list and read is refused everything that writes', async () => {
    const readOnly: readonly Permission[] = ['list', 'read'];
    const refused: string[] = [];
    for (const call of calls.filter(({ verb }) => !ENDS_THE_SESSION.includes(verb))) {
      if ((await answerTo(call, readOnly)).line === '550 Permission denied.') refused.push(call.verb);
    }
    expect(refused.sort()).toEqual(
      [
        ...'APPE DELE MFCT MFF MFMT MKD RMD RNFR RNTO STOR STOU XMKD XRMD'.split(' '),
        ...'CHMOD COPY MKDIR RMDIR SYMLINK UTIME'.split(' ').map((verb) => `SITE ${verb}`),
      ].sort(),
    );
  });

  async function answerTo(call: Call, permissions: readonly Permission[]) {
    const storage = new MemoryFileSystem({ files: { '/x': 'content' } });
    const server = await startTestServer({ fileSystem: storage, authenticator: everybodyIs({ permissions }) });
    const client = await loggedIn(server);
    const { lines } = await client.command(lineOf(call));
    client.close();
    await server.close({ graceMs: 0 });
    return { line: lines[0]!, storage };
  }

  async function names(storage: MemoryFileSystem): Promise<string[]> {
    const found: string[] = [];
    for await (const batch of storage.list('/', { details: false })) found.push(...batch.map(({ name }) => name));
    return found;
  }
});

describe('S24, W35: a command gets exactly one final reply', () => {
  const faulty = new Proxy(new MemoryFileSystem(), {
    get: (storage, name) =>
      // Every client looks at its home when it logs in.
      name === 'stat' ? (path: string) => (path === '/' ? storage.stat(path) : fail()) : () => fail(),
  });
  function fail(): never {
    throw new TypeError('a fault of the storage with /real/path in its text');
  }

  test.each(named(({ verb }) => !ENDS_THE_SESSION.includes(verb)))(
    '%s, from a storage that throws',
    async (_verb, call) => {
      const server = await startTestServer({ fileSystem: faulty });
      const client = await loggedIn(server);
      await openDataConnection(client);
      let answer = await client.command(lineOf(call));
      if (answer.code < 200) answer = await client.reply();
      expect(answer.code).toBeGreaterThanOrEqual(200);
      expect(answer.lines.join()).not.toMatch(/real|TypeError|fault of/);
      // The next reply is the next command's.
      expect((await client.command('HELP NOOP')).code).toBe(214);
    },
  );

  async function openDataConnection(client: ControlClient): Promise<void> {
    const data = await client.passive();
    data.socket.on('data', () => {});
    data.socket.end();
  }
});

describe('W33: a verb that is', () => {
  test.each(['FOO', 'XFOO', 'FOOO x', 'LIS', 'LISTT', 'L', '1', 'STOR\tx', ' NOOP', '', '€'])(
    'unknown, as %j, is answered 500 and the session goes on',
    async (line) => {
      const { client } = await servedFiles();
      expect(await client.code(line)).toBe(500);
      expect(await client.code('NOOP')).toBe(200);
    },
  );

  test.each(named(({ refused }) => refused === true))(
    '%s, which is refused on purpose, is answered 502 or 504',
    async (_verb, call) => {
      const { client } = await servedFiles({ '/x': '' });
      const argument = call.verb === 'MFCT' ? '20200101000000 x' : 'x';
      expect([502, 504]).toContain(await client.code(`${call.verb} ${argument}`));
    },
  );
});
