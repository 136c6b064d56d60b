import { once } from 'node:events';
import { connect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { MemoryFileSystem } from '../../src/index.ts';
import { checkFtpServiceOptions } from '../../src/services/ftp-options.ts';
import { Handshakes } from '../../src/tls/handshakes.ts';
import { newTicketKeys } from '../../src/tls/ticket-keys.ts';
import { receiveGathered } from '../../src/transfer/receive-gathered.ts';
import { connectedPair } from '../support/connected-pair.ts';
import { identity } from '../support/test-server.ts';

/** Both ends of a protected connection, and a file to store what comes. */
async function upload() {
  const { ours, theirs } = await connectedPair();
  const { tls } = checkFtpServiceOptions({ root: '.', tls: { identities: [identity] } });
  const handshake = new Handshakes(tls!).perform(ours, newTicketKeys());
  const client = connect({ socket: theirs, rejectUnauthorized: false });
  client.on('error', () => {});
  onTestFinished(() => void client.destroy());
  const server = await handshake;
  const fileSystem = new MemoryFileSystem();
  const file = await fileSystem.write('/file', { mode: 'new' });
  const store = () => receiveGathered(server, file, { onMoved: () => {} });
  return { client, server, file, fileSystem, store };
}

test('an end that came before anybody looked is an end', async () => {
  const { client, server, file, fileSystem, store } = await upload();
  client.end();
  server.resume();
  await once(server, 'end');
  await store();
  await file.commit();
  expect(fileSystem.readFile('/file')).toHaveLength(0);
});

test('a connection that is gone before anybody looked is broken', async () => {
  const { server, store } = await upload();
  server.destroy();
  await once(server, 'close');
  await expect(store()).rejects.toMatchObject({ name: 'DataConnectionError', reason: 'broken' });
});

test('what came before a cut is stored, though nobody had looked before it', async () => {
  const { client, server, file, fileSystem, store } = await upload();
  client.write('cut off');
  // It is decrypted, and waits for somebody to read it.
  await expect.poll(() => server.readableLength).toBe('cut off'.length);
  server.destroy();
  await once(server, 'close');
  await expect(store()).rejects.toMatchObject({ name: 'DataConnectionError', reason: 'broken' });
  await file.commit();
  expect(fileSystem.readFile('/file').toString()).toBe('cut off');
});

test('what comes before the end is stored', async () => {
  const { client, file, fileSystem, store } = await upload();
  const content = Buffer.alloc(3_000_000, 'octets');
  client.end(content);
  await store();
  await file.commit();
  expect(Buffer.compare(fileSystem.readFile('/file'), content)).toBe(0);
});
