import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { servedFiles, text } from './served.ts';

const CONTENT = Buffer.from('The quick brown fox jumps over the lazy dog');
const FILES = {
  '/fox': CONTENT,
  '/empty': '',
  '/fox 3': 'with a number',
  '/with space': CONTENT,
  '/say "hi"': CONTENT,
  '/large': Buffer.alloc(1_000_000, 7),
};

const digest = (algorithm: string, octets: Uint8Array) => createHash(algorithm).update(octets).digest('hex');

describe('HASH', () => {
  test.each([
    ['SHA-1', 'sha1'],
    ['SHA-256', 'sha256'],
    ['SHA-512', 'sha512'],
    ['MD5', 'md5'],
  ])('computes %s as node:crypto does', async (name, algorithm) => {
    const { client } = await servedFiles(FILES);
    expect(text(await client.command(`OPTS HASH ${name}`))).toBe(`200 ${name}`);
    expect(text(await client.command('HASH fox'))).toBe(`213 ${name} 0-42 ${digest(algorithm, CONTENT)} fox`);
    expect(text(await client.command('HASH large'))).toContain(digest(algorithm, FILES['/large']));
    expect(text(await client.command('HASH empty'))).toContain(digest(algorithm, Buffer.alloc(0)));
  });

  test('computes CRC32, and takes SHA-256 unless told otherwise', async () => {
    const { client } = await servedFiles(FILES);
    expect(text(await client.command('HASH fox'))).toMatch(/^213 SHA-256 /);
    await client.command('OPTS HASH CRC32');
    expect(text(await client.command('HASH fox'))).toBe('213 CRC32 0-42 414fa339 fox');
  });

  test('takes the rest of the line as the name, and answers with it as it came', async () => {
    const { client } = await servedFiles(FILES);
    expect(text(await client.command('HASH with space'))).toMatch(/ with space$/);
    expect(text(await client.command('HASH ../fox'))).toMatch(/ \.\.\/fox$/);
  });

  test('obeys RANG, once', async () => {
    const { client } = await servedFiles(FILES);
    await client.command('TYPE I');
    await client.command('RANG 4 8');
    const part = digest('sha256', CONTENT.subarray(4, 9));
    expect(text(await client.command('HASH fox'))).toBe(`213 SHA-256 4-8 ${part} fox`);
    expect(text(await client.command('HASH fox'))).toBe(`213 SHA-256 0-42 ${digest('sha256', CONTENT)} fox`);
    await client.command('RANG 40 1000');
    expect(text(await client.command('HASH fox'))).toContain(`40-42 ${digest('sha256', CONTENT.subarray(40))}`);
    await client.command('RANG 44 50');
    expect(await client.code('HASH fox')).toBe(554);
  });

  test('is refused with 550 for what is no file', async () => {
    const { client } = await servedFiles({ '/dir/file': '' });
    expect(await client.code('HASH dir')).toBe(550);
    expect(await client.code('HASH nowhere')).toBe(550);
  });
});

describe('the X-forms', () => {
  test.each([
    ['XMD5', 'md5'],
    ['XSHA', 'sha1'],
    ['XSHA1', 'sha1'],
    ['XSHA256', 'sha256'],
    ['XSHA512', 'sha512'],
  ])('%s computes %s', async (verb, algorithm) => {
    const { client } = await servedFiles(FILES);
    expect(text(await client.command(`${verb} fox`))).toBe(`250 ${digest(algorithm, CONTENT).toUpperCase()}`);
    const part = digest(algorithm, CONTENT.subarray(4, 9)).toUpperCase();
    expect(text(await client.command(`${verb} "fox" 4 9`))).toBe(`250 ${part}`);
  });

  test('XCRC of nothing has all of its eight digits', async () => {
    const { client } = await servedFiles(FILES);
    expect(text(await client.command('XCRC empty'))).toBe('250 00000000');
  });

  test.each([
    ['fox', '414FA339'],
    ['"fox"', '414FA339'],
    ['with space', '414FA339'],
    ['"with space"', '414FA339'],
    ['"with space" 0', '414FA339'],
    ['with space 0 43', '414FA339'],
    ['"fox" 0 1000', '414FA339'],
    ['"fox" 0 3', '04082B06'],
    ['"fox" 43', '00000000'],
    ['"say "hi"" 0 3', '04082B06'],
  ])('XCRC %s answers %s', async (argument, crc) => {
    const { client } = await servedFiles(FILES);
    expect(text(await client.command(`XCRC ${argument}`))).toBe(`250 ${crc}`);
  });

  test('take a name literally that ends with a number, where there is such a file', async () => {
    const { client } = await servedFiles(FILES);
    expect(text(await client.command('XMD5 fox 3'))).toBe(
      `250 ${digest('md5', Buffer.from('with a number')).toUpperCase()}`,
    );
    expect(text(await client.command('XMD5 "fox" 3'))).toBe(`250 ${digest('md5', CONTENT.subarray(3)).toUpperCase()}`);
  });

  test.each([
    ['nowhere', 550],
    ['"nowhere" 1 2', 550],
    ['"fox" 9 4', 501],
    ['"fox" 44', 554],
    ['"fox" 0 99999999999999999999', 501],
    ['"fox" 99999999999999999999', 501],
  ])('XCRC %s is answered %i', async (argument, code) => {
    const { client } = await servedFiles(FILES);
    expect(await client.code(`XCRC ${argument}`)).toBe(code);
  });
});

test('a long digest is ended by ABOR: 426, then 226', async () => {
  const { client } = await servedFiles({ '/large': Buffer.alloc(80_000_000) });
  await client.command('OPTS HASH SHA-512');
  client.write('HASH large\r\nABOR\r\n');
  expect([(await client.reply()).code, (await client.reply()).code]).toEqual([426, 226]);
});
