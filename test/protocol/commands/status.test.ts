import { describe, expect, test } from 'vitest';
import { everybodyIs, servedFiles, text } from './served.ts';

describe('STAT without an argument', () => {
  test('tells the state of the session', async () => {
    const { client } = await servedFiles();
    const { code, lines } = await client.command('STAT');
    expect(code).toBe(211);
    expect(lines[0]).toMatch(/^211-ohai-ftpd \d+\.\d+\.\d+\S* status:$/);
    expect(lines[1]).toBe(` Connected from 127.0.0.1, port ${client.socket.localPort}`);
    expect(lines.slice(2)).toEqual([
      expect.stringMatching(/^ Served by embedded, process \d+/),
      ' Logged in as tester',
      ' TYPE: ASCII, STRU: File, MODE: Stream',
      ' No data connection',
      expect.stringMatching(/^ Session started \d+ s ago$/),
      '211 End of status',
    ]);
  });

  test('tells of the transfer while it runs (RFC 959 section 4.1.3)', async () => {
    const { client } = await servedFiles();
    await client.command('TYPE I');
    const data = await client.passive();
    expect(await client.code('STOR file')).toBe(150);
    await new Promise((written) => data.socket.write('12345', written));
    let status: string;
    do status = text(await client.command('STAT'));
    while (status.includes(' 0 bytes'));
    expect(status).toMatch(/^ STOR \/file: 5 bytes in \d+ s$/m);
    data.socket.end();
    expect((await client.reply()).code).toBe(226);
    expect(text(await client.command('STAT'))).toContain('No data connection');
  });
});

describe('STAT with a path', () => {
  const FILES = { '/a': 'aaa', '/dir/inner': '', '/.hidden': '', '/226 done ': '' };

  test('W27: lists it over the control connection, each line behind a space', async () => {
    const { client } = await servedFiles(FILES);
    const { code, lines } = await client.command('STAT /');
    expect(code).toBe(213);
    expect(lines[0]).toBe('213-Status of /:');
    expect(lines.at(-1)).toBe('213 End of status');
    const listed = lines.slice(1, -1);
    for (const line of listed) expect(line).toMatch(/^ [-d]/);
    // W28: names end where they end.
    expect(listed.map((line) => line.replace(/^.*:\d\d /, '')).sort()).toEqual(['226 done ', 'a', 'dir']);
  });

  test.each([
    ['a', 1],
    ['dir', 1],
    ['-a /', 4],
    ['-l', 3],
    ['?', 1],
    ['nothing*', 0],
  ])('STAT %s lists %i entries', async (argument, entries) => {
    const { client } = await servedFiles(FILES);
    const { code, lines } = await client.command(`STAT ${argument}`);
    expect([code, lines.length - 2]).toEqual([213, entries]);
  });

  test('is refused with 550 for what does not exist, and for an account that may not list', async () => {
    const { client } = await servedFiles(FILES);
    expect(await client.code('STAT nowhere')).toBe(550);
    const { client: blind } = await servedFiles(FILES, { authenticator: everybodyIs({ permissions: ['read'] }) });
    expect(await blind.code('STAT /')).toBe(550);
    expect(await blind.code('STAT')).toBe(211);
  });

  test('W28: leaves the data connection and TYPE as they are', async () => {
    const { client } = await servedFiles(FILES);
    await client.command('TYPE I');
    const data = await client.passive();
    await client.command('STAT /');
    expect(await client.code('RETR a')).toBe(150);
    expect((await data.everything()).toString()).toBe('aaa');
  });

  test('S14: is cut off after a thousand entries', async () => {
    const { client } = await servedFiles(Object.fromEntries(Array.from({ length: 1_500 }, (_, n) => [`/f${n}`, ''])));
    const { lines } = await client.command('STAT /');
    expect(lines).toHaveLength(1_003);
    expect(lines.at(-2)).toMatch(/use LIST or MLSD/);
  });
});
