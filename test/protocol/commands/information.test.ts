import { describe, expect, test } from 'vitest';
import { commandTable } from '../../../src/protocol/command-table.ts';
import { greeted, startTestServer } from '../../support/test-server.ts';
import { servedFiles, text } from './served.ts';

describe('FEAT', () => {
  test('W25: lists each extension behind one space, between 211- and 211 End', async () => {
    const { client } = await servedFiles();
    const { lines } = await client.command('FEAT');
    expect(lines[0]).toBe('211-Extensions supported:');
    expect(lines.at(-1)).toBe('211 End');
    const features = lines.slice(1, -1);
    for (const line of features) expect(line).toMatch(/^ \S/);
    expect(features.map((line) => line.slice(1).split(' ')[0])).toEqual([
      ...features.map((line) => line.trim().split(' ')[0]),
    ]);
    for (const expected of [
      'UTF8',
      'EPRT',
      'EPSV',
      'MDTM',
      'MFMT',
      'MLSD',
      'SIZE',
      'REST STREAM',
      'RANG STREAM',
      'AVBL',
      'CSID',
    ]) {
      expect(features, expected).toContain(` ${expected}`);
    }
    expect(features.filter((line) => line.startsWith(' MLST'))).toEqual([
      ' MLST type*;size*;modify*;create;perm*;unique*;UNIX.mode*;UNIX.uid*;UNIX.gid*;UNIX.owner;UNIX.group;UNIX.ownername;UNIX.groupname;',
    ]);
    expect(features).toContain(' HASH SHA-1;SHA-256*;SHA-512;MD5;CRC32');
  });

  test('W25: names nothing that is refused, and neither LANG nor MODE Z, which lftp would use at once', async () => {
    const { client } = await servedFiles();
    const features = text(await client.command('FEAT'));
    for (const { verb, refused } of commandTable)
      if (refused) expect(features).not.toMatch(new RegExp(`^ ${verb}`, 'm'));
    expect(features).not.toMatch(/LANG|MODE/);
  });

  test('is the same before login, when lftp asks', async () => {
    const server = await startTestServer();
    const stranger = await greeted(server);
    const { client } = await servedFiles();
    expect(text(await stranger.command('FEAT'))).toBe(text(await client.command('FEAT')));
  });
});

describe('HELP', () => {
  test('lists every command that is served, and none that is refused', async () => {
    const { client } = await servedFiles();
    const { code, lines } = await client.command('HELP');
    expect(code).toBe(214);
    const listed = lines.slice(1, -1).flatMap((line) => line.trim().split(/ +/));
    const served = commandTable.filter(({ refused }) => !refused);
    expect(listed).toEqual(served.flatMap(({ verb, aliases = [] }) => [verb, ...aliases]));
  });

  test('explains a command, by any of its names, in any case', async () => {
    const { client } = await servedFiles();
    const stor = await client.command('help stor');
    expect(stor.lines[0]).toBe('214-Syntax: STOR <SP> <pathname>');
    expect(text(stor)).toContain('RFC 959 section 4.1.3');
    expect((await client.command('HELP XMKD')).lines[0]).toBe('214-Syntax: MKD <SP> <pathname>');
    expect(await client.code('HELP NONSENSE')).toBe(501);
  });

  test('HELP SITE lists the SITE commands, as ncftp asks for them, and HELP SITE CHMOD explains one', async () => {
    const { client } = await servedFiles();
    expect(text(await client.command('HELP SITE'))).toBe(text(await client.command('SITE HELP')));
    expect((await client.command('HELP SITE CHMOD')).lines[0]).toBe(
      '214-Syntax: CHMOD <SP> <octal-mode> <SP> <pathname>',
    );
    expect(await client.code('HELP SITE NONSENSE')).toBe(501);
  });
});

describe('NOOP', () => {
  test('does nothing, with an argument as well', async () => {
    const { client } = await servedFiles();
    expect(await client.code('NOOP')).toBe(200);
    expect(await client.code('noop whatever')).toBe(200);
  });
});

describe('SYST', () => {
  test('begins with UNIX: clients read from it how to parse LIST', async () => {
    const { client } = await servedFiles();
    expect(text(await client.command('SYST'))).toBe('215 UNIX Type: L8');
  });
});

describe('CLNT and CSID', () => {
  test('are accepted, before login as well; CSID tells which server this is', async () => {
    const stranger = await greeted(await startTestServer());
    expect(await stranger.code('CLNT NcFTP 3.2.6')).toBe(200);
    expect(await stranger.code('CLNT')).toBe(200);
    expect(text(await stranger.command('CSID Name=WinSCP; Version=6;'))).toMatch(
      /^200 Name=ohai-ftpd; Version=\d+\.\d+\.\d+\S*;$/,
    );
    expect(await stranger.code('CSID')).toBe(501);
  });
});

describe('LANG', () => {
  test.each([
    ['LANG', 200],
    ['LANG en', 200],
    ['LANG EN-us', 200],
    ['LANG fr', 504],
    ['LANG enx', 504],
  ])('%s is answered %i', async (line, code) => {
    const { client } = await servedFiles();
    expect(await client.code(line)).toBe(code);
  });
});
