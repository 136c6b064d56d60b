import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createFtpServer, type FtpServer } from '../../src/index.ts';
import { greeted, loggedIn, startTestServer } from '../support/test-server.ts';

/** All that a client hears that is not let in, from the connect to the end. */
async function heard({ address }: FtpServer, localAddress = '127.0.0.1'): Promise<string> {
  const socket = connect({ host: address.address, port: address.port, localAddress });
  onTestFinished(() => void socket.destroy());
  return text(socket);
}

test('one client more than allowed hears 421, and is let in when another one has left', async () => {
  const server = await startTestServer({ limits: { connections: 2 } });
  const first = await loggedIn(server);
  await loggedIn(server);
  expect(await heard(server)).toBe('421 Too many connections; try again later.\r\n');
  expect(server.stats()).toEqual({ connected: 2, served: 0 });
  await first.command('QUIT');
  first.socket.end();
  await first.closed();
  await expect.poll(() => server.stats().connected).toBe(1);
  await loggedIn(server);
});

test('one client more of an address than allowed hears 421, and other addresses do not', async () => {
  const server = await startTestServer({ limits: { perAddress: 1 } });
  await loggedIn(server);
  expect(await heard(server)).toBe('421 Too many connections from your address.\r\n');
  const other = connect({ host: server.address.address, port: server.address.port, localAddress: '127.0.0.2' });
  onTestFinished(() => void other.destroy());
  const [greeting] = await other.setEncoding('utf8').take(1).toArray();
  expect(greeting).toBe('220 OHAI\r\n');
});

test('one session more of a user than allowed gets 421 for the right password, and others are let in', async () => {
  const server = await startTestServer({ limits: { perUser: 1 } });
  const first = await loggedIn(server);
  const second = await greeted(server);
  await second.command('USER tester');
  expect(await second.code('PASS secret')).toBe(421);
  const other = await greeted(server);
  await other.command('USER somebody');
  expect(await other.code('PASS secret')).toBe(230);
  // Who has logged out leaves the place to others.
  expect(await first.code('REIN')).toBe(220);
  const third = await greeted(server);
  await third.command('USER tester');
  expect(await third.code('PASS secret')).toBe(230);
});

test('S15: an address that guesses passwords is banned, whatever connections it has', async () => {
  const bans = { failures: 2, withinMs: 60_000, firstMs: 60_000, longestMs: 60_000 };
  const server = await startTestServer({ limits: { bans }, logins: { failureDelayMs: 0, maxAttempts: 10 } });
  const [guesser, accomplice] = [await greeted(server), await greeted(server)];
  for (let attempt = 1; attempt <= 2; attempt++) {
    await guesser.command('USER tester');
    expect(await guesser.code('PASS wrong')).toBe(530);
  }
  expect(await heard(server)).toBe('421 Too many failed logins from your address; try again later.\r\n');
  await accomplice.command('USER tester');
  // As if it had been wrong: it must not learn that the guess was right.
  expect((await accomplice.command('PASS secret')).lines).toEqual(['530 Login incorrect.']);
});

test.each([
  [{ connections: 0 }, /^limits\.connections must be a whole number of clients, 1 or more/],
  [{ bans: { failures: 1, withinMs: 1, firstMs: 2, longestMs: 1 } }, /^limits\.bans must not have a longer firstMs/],
])('limits that make no sense are refused: %j', (limits, message) => {
  expect(() => createFtpServer({ root: '.', limits })).toThrow(message);
});
