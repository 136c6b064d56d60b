/** What load clients do, and that they see what is wrong. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FtpPlan, Step } from '../../bench/load/plan.ts';
import { storedSha256 } from '../../bench/load/store-pattern.ts';
import { MemoryFileSystem } from '../../src/index.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTestServer } from '../support/test-server.ts';
import { ftpPlan, LOGIN, runLoad } from './built-load.ts';
import { startDataServer, startScriptedFtp } from './scripted-ftp.ts';

const CONTENT = 'content of a file';
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const OTHER = createHash('sha256').update('other').digest('hex');
const files = { '/folder/one': CONTENT, '/folder/two': '', '/folder/three': '' };

const DRIVERS: readonly FtpPlan['driver'][] = ['sockets', 'basic-ftp'];

describe.each(DRIVERS)('the clients of %s', (driver) => {
  test('do every step, and find nothing wrong where nothing is', async () => {
    const root = await temporaryDirectory();
    await writeFile(join(root, 'file'), CONTENT);
    const server = await startTestServer({ root });
    const stored = 3_000_000;
    const steps: readonly Step[] = [
      ...LOGIN,
      { do: 'noop' },
      { do: 'retrieve', path: '/file', octets: CONTENT.length },
      { do: 'retrieve', path: '/file', octets: CONTENT.length, sha256: SHA256 },
      { do: 'store', path: '/new-{client}-{operation}', octets: stored },
      { do: 'hash', path: '/new-{client}-{operation}', sha256: storedSha256(stored) },
      { do: 'list', path: '/', entries: 2 },
      { do: 'delete', path: '/file' },
      { do: 'quit' },
    ];
    const plan = { driver, prepare: [], operation: steps, operations: 1 };
    const result = await runLoad(ftpPlan(server.address, plan));
    expect(result).toMatchObject({ errors: {}, operations: 1, latencyCount: 1, connected: 0 });
    expect(result.wrong).toBeUndefined();
    const file = await readFile(join(root, 'new-0-0'));
    expect(createHash('sha256').update(file).digest('hex')).toBe(storedSha256(stored));
    expect(result.octets).toBeGreaterThanOrEqual(2 * CONTENT.length + stored);
  });

  const wrong: Readonly<Record<string, { step: Step; words: RegExp }>> = {
    'fewer octets than there should be': {
      step: { do: 'retrieve', path: '/folder/one', octets: 18 },
      words: /\/folder\/one: 17 instead of 18 octets/,
    },
    'other octets': {
      step: { do: 'retrieve', path: '/folder/one', octets: 17, sha256: OTHER },
      words: /\/folder\/one: [0-9a-f]{64} instead of/,
    },
    'fewer entries': { step: { do: 'list', path: '/folder', entries: 4 }, words: /\/folder: 3 instead of 4 entries/ },
    'another hash': { step: { do: 'hash', path: '/folder/one', sha256: OTHER }, words: /HASH \/folder\/one: / },
  };

  test.each(Object.entries(wrong))('report %s', async (_, { step, words }) => {
    const server = await startTestServer({ fileSystem: new MemoryFileSystem({ files }) });
    const result = await runLoad(ftpPlan(server.address, { driver, operation: [step], operations: 1 }));
    expect(result.wrong).toMatch(words);
  });

  test('count what a server refuses, by its code and not by its words', async () => {
    const server = await startTestServer();
    const operation: readonly Step[] = [{ do: 'retrieve', path: '/missing', octets: 1 }];
    const result = await runLoad(ftpPlan(server.address, { driver, operation, operations: 2 }));
    expect(result).toMatchObject({ operations: 0, latencyCount: 0 });
    expect(Object.entries(result.errors)).toEqual([[expect.stringMatching(/^unexpected reply.*: 550$/), 2]]);
  });
});

describe('the clients of sockets', () => {
  test('say PASV and LIST where nothing else is known', async () => {
    const pasv = await startDataServer('total 3\r\none\r\ntwo\r\nthree\r\n');
    const server = await startScriptedFtp({ PASV: pasv, LIST: '150 \r\n226 ' });
    const operation: readonly Step[] = [{ do: 'list', path: '/', entries: 3 }];
    const result = await runLoad(ftpPlan(server, { operation, operations: 3, clients: 2 }));
    expect(result).toMatchObject({ operations: 3, errors: {} });
    expect(result.wrong).toBeUndefined();
  });

  test('read slowly when they are told to', async () => {
    const [octets, octetsPerSecond] = [100_000, 200_000];
    const slow = { '/file': 'x'.repeat(octets) };
    const server = await startTestServer({ fileSystem: new MemoryFileSystem({ files: slow }) });
    const operation: readonly Step[] = [{ do: 'retrieve', path: '/file', octets, octetsPerSecond }];
    const result = await runLoad(ftpPlan(server.address, { operation, operations: 1 }));
    expect(result).toMatchObject({ operations: 1, octets, errors: {} });
    expect(result.latencyMs![0]).toBeGreaterThanOrEqual((octets / octetsPerSecond) * 1e3 - 1);
  });
});
