import { describe, expect, test } from 'vitest';
import { servedFiles, text } from './served.ts';

describe('TYPE', () => {
  test.each([
    ['I', 200],
    ['L 8', 200],
    ['I N', 200],
    ['A', 200],
    ['A N', 200],
    ['E', 504],
    ['E N', 504],
    ['A T', 504],
    ['A C', 504],
    ['L 7', 504],
    ['L 36', 504],
    ['L', 501],
    ['X', 501],
    ['AN', 501],
    ['A  N', 501],
    ['I 8', 501],
  ])('%s is answered %i', async (argument, code) => {
    const { client } = await servedFiles();
    expect(await client.code(`TYPE ${argument}`)).toBe(code);
    // W32: in lower case as well; there is a printer that sends `TYPE i`.
    expect(await client.code(`TYPE ${argument.toLowerCase()}`)).toBe(code);
  });

  test('is A in the beginning (RFC 959 section 5.1), and what was set before a refused one stays', async () => {
    const { client } = await servedFiles();
    expect(text(await client.command('STAT'))).toContain('TYPE: ASCII');
    await client.command('TYPE I');
    await client.command('TYPE E');
    expect(text(await client.command('STAT'))).toContain('TYPE: Image');
  });
});

describe('MODE and STRU', () => {
  test.each([
    ['MODE S', 200],
    ['MODE s', 200],
    ['MODE B', 504],
    ['MODE C', 504],
    ['MODE Z', 504],
    ['MODE X', 501],
    ['MODE constructor', 501],
    ['STRU F', 200],
    ['STRU f', 200],
    ['STRU R', 504],
    ['STRU P', 504],
    ['STRU X', 501],
  ])('%s is answered %i', async (line, code) => {
    const { client } = await servedFiles();
    expect(await client.code(line)).toBe(code);
  });
});

describe('OPTS', () => {
  test.each([
    ['UTF8 ON', 200],
    ['utf8 on', 200],
    ['UTF-8 ON', 200],
    ['UTF8', 200],
    ['UTF8 OFF', 504],
    ['UTF8 maybe', 501],
    ['FOO', 501],
    ['RETR x', 501],
    ['constructor', 501],
    ['HASH SHA3-256', 504],
  ])('%s is answered %i', async (argument, code) => {
    const { client } = await servedFiles();
    expect(await client.code(`OPTS ${argument}`)).toBe(code);
  });

  test('MLST chooses facts, answers with those that there are, and stars them in FEAT', async () => {
    const { client } = await servedFiles({ '/file': 'abc' });
    expect(text(await client.command('OPTS MLST Size;type;nonsense;'))).toBe('200 MLST OPTS type;size;');
    expect((await client.command('MLST file')).lines[1]).toBe(' type=file;size=3; /file');
    const feature = (await client.command('FEAT')).lines.find((line) => line.startsWith(' MLST'))!;
    expect(feature).toMatch(/^ MLST type\*;size\*;modify;create;/);
    expect((await client.download('MLSD')).octets.toString()).toBe('type=file;size=3; file\r\n');
  });

  test('MLST without facts switches all of them off, and the name still has its space before it', async () => {
    const { client } = await servedFiles({ '/file': 'abc' });
    expect(text(await client.command('OPTS MLST'))).toBe('200 MLST OPTS');
    expect((await client.command('MLST file')).lines[1]).toBe('  /file');
    expect((await client.download('MLSD')).octets.toString()).toBe(' file\r\n');
  });

  test('HASH tells and chooses the algorithm, and stars it in FEAT', async () => {
    const { client } = await servedFiles();
    expect(text(await client.command('OPTS HASH'))).toBe('200 SHA-256');
    expect(text(await client.command('OPTS HASH md5'))).toBe('200 MD5');
    expect((await client.command('FEAT')).lines).toContain(' HASH SHA-1;SHA-256;SHA-512;MD5*;CRC32');
    expect(await client.code('OPTS HASH nonsense')).toBe(504);
    expect(text(await client.command('OPTS HASH'))).toBe('200 MD5');
  });
});

test('W1: parameters set between PASV and the transfer leave the data connection as it is', async () => {
  const { client } = await servedFiles({ '/file': 'hello' });
  const data = await client.passive();
  for (const line of ['TYPE I', 'MODE S', 'STRU F', 'OPTS UTF8 ON', 'SIZE file', 'MDTM file', 'NOOP', 'REST 1']) {
    expect(await client.code(line), line).toBeLessThan(400);
  }
  expect(await client.code('RETR file')).toBe(150);
  expect((await data.everything()).toString()).toBe('ello');
  expect((await client.reply()).code).toBe(226);
});
