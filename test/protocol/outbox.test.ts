import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type FtpServer, MemoryFileSystem } from '../../src/index.ts';
import { posixAvailable } from '../../src/posix/libc.ts';
import type { ControlClient } from '../support/control-client.ts';
import { loggedIn, startTestServer } from '../support/test-server.ts';

/** What comes with the next packet. */
async function nextPacket({ socket }: ControlClient): Promise<string> {
  const [text] = (await once(socket, 'data')) as [string];
  return text;
}

describe('the replies of one turn of the event loop', () => {
  test('to one client are one packet', async () => {
    const client = await loggedIn(await startTestServer());
    const packet = nextPacket(client);
    client.write('NOOP\r\nPWD\r\nTYPE I\r\nSYST\r\n');
    expect((await packet).match(/^\d{3} /gm)).toEqual(['200 ', '257 ', '200 ', '215 ']);
  });

  test('are in the order of the commands, also when some of them wait', async () => {
    const client = await loggedIn(await startTestServer());
    client.write('NOOP\r\nSIZE missing\r\nPWD\r\nMLST /\r\nNOOP\r\n');
    const codes: number[] = [];
    for (let i = 0; i < 5; i++) codes.push((await client.reply()).code);
    expect(codes).toEqual([200, 550, 257, 250, 200]);
  });

  test('go out where there is more to say than is held back', async () => {
    const names = Array.from({ length: 2000 }, (_, index) => `/file-with-a-name-of-some-length-${index}`);
    const fileSystem = new MemoryFileSystem({ files: Object.fromEntries(names.map((name) => [name, ''])) });
    const client = await loggedIn(await startTestServer({ fileSystem }));
    client.write('STAT /\r\nNOOP\r\n');
    const listing = await client.reply();
    expect(listing.code).toBe(213);
    expect(listing.lines.length).toBeGreaterThan(1000);
    expect((await client.reply()).code).toBe(200);
  });

  test('are said before the connection is closed', async () => {
    const client = await loggedIn(await startTestServer());
    const packet = nextPacket(client);
    client.write('NOOP\r\nQUIT\r\n');
    expect(await packet).toMatch(/^200 .*\r\n221 .*\r\n$/);
    client.socket.end();
    await client.closed();
  });

  test('are those of names that are no UTF-8 as well', async () => {
    const client = await loggedIn(await startTestServer());
    const packet = nextPacket(client);
    client.write(Buffer.from('CWD /\r\nMKD caf\xe9\r\n', 'latin1'));
    let text = await packet;
    if (!text.includes('257 ')) text += await nextPacket(client);
    expect(text).toContain('257 "/caf\xe9" ');
  });

  test.runIf(posixAvailable())('of a small download are all three of its acts', async () => {
    const storage = new MemoryFileSystem({ files: { '/small': 'octets' } });
    const server: FtpServer = await startTestServer({ fileSystem: storage });
    const client = await loggedIn(server);
    const data = await client.passive();
    onTestFinished(() => void data.socket.destroy());
    await client.command('TYPE I');
    const packet = nextPacket(client);
    client.send('RETR small');
    expect(await packet).toMatch(/^150 .*\r\n226 .*\r\n$/);
  });
});
