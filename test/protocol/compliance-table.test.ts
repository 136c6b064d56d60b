import { describe, expect, test } from 'vitest';
import type { FeatureContext, Row } from '../../src/protocol/command.ts';
import { commandTable } from '../../src/protocol/command-table.ts';
import { siteRows } from '../../src/protocol/commands/site.ts';
import { complianceTable, refusedTable } from '../../src/protocol/compliance-table.ts';
import { reply } from '../../src/protocol/reply.ts';
import { newSession } from '../../src/protocol/session.ts';
import { expectGeneratedPart } from '../support/generated-part.ts';

const DOCUMENT = new URL('../../docs/rfc-compliance.md', import.meta.url);

const nowhere = { address: '127.0.0.1', port: 0 };
const context = {
  session: newSession('1', nowhere, nowhere),
  // With everything in FEAT that there can be.
  environment: { settings: { hostNames: ['ftp.example.com'], tls: {} } },
} as unknown as FeatureContext;

const tables = {
  commands: complianceTable(commandTable, context),
  'site commands': complianceTable(siteRows, context),
  refused: refusedTable([...commandTable, ...siteRows]),
};

describe('docs/rfc-compliance.md', () => {
  test.each(Object.entries(tables))(
    'shows the %s of the command table (UPDATE_DOCS=1 brings it up to date)',
    (name, table) => expectGeneratedPart(DOCUMENT, name, table),
  );
});

describe('complianceTable', () => {
  const row: Row = {
    verb: 'DOIT',
    aliases: ['XDO'],
    syntax: '<SP> a | b',
    summary: 'does it',
    source: 'RFC 9999',
    argument: 'required',
    access: 'logged-in',
    permission: 'write',
    duringTransfer: 'abort',
    feature: () => ['DOIT', `LONG ${'x'.repeat(50)}`],
    run: () => reply(200, ''),
  };

  test('has a line for each row, with bars that do not end a cell', () => {
    expect(
      complianceTable([row, { ...row, refused: true }], context)
        .split('\n')
        .slice(2),
    ).toEqual([
      '| `DOIT` `XDO` | `<SP> a \\| b` | does it | RFC 9999 | login, `write` | ends it | `DOIT` `LONG …` |',
      '',
    ]);
  });

  test('keeps the refused rows for a table of their own', () => {
    expect(
      refusedTable([row, { ...row, verb: 'DONT', aliases: [], refused: true }])
        .split('\n')
        .slice(2),
    ).toEqual(['| `DONT` | `<SP> a \\| b` | does it | RFC 9999 |', '']);
  });
});
