import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FtpServer } from '../../src/index.ts';
import type { ControlClient } from '../support/control-client.ts';
import { pythonAvailable } from '../support/python.ts';
import { loggedIn, startTestServer } from '../support/test-server.ts';
import { StorageWithVastFile, vastTransfer } from './vast-file.ts';

async function startVastServer(): Promise<{ server: FtpServer; fileSystem: StorageWithVastFile }> {
  const fileSystem = new StorageWithVastFile({ files: { '/small': 'octets' } });
  return { server: await startTestServer({ fileSystem }), fileSystem };
}

/** The session is in order again: the next transfer comes whole, and every reply belongs to its command. */
async function expectSound(client: ControlClient): Promise<void> {
  const { octets, last } = await client.download('RETR small');
  expect(octets.toString()).toBe('octets');
  expect(last.code).toBe(226);
  expect((await client.command('PWD')).code).toBe(257);
}

describe('W7: ABOR', () => {
  test('W7: ABOR during a download gets 426 and then 226', async () => {
    const { server, fileSystem } = await startVastServer();
    const client = await loggedIn(server);
    await vastTransfer(client);
    expect([await client.code('ABOR'), (await client.reply()).code]).toEqual([426, 226]);
    expect(fileSystem.open).toBe(0);
    await expectSound(client);
  });

  test('W7: ABOR during an upload gets 426 and then 226, and the file does not become final', async () => {
    const { server, fileSystem } = await startVastServer();
    const client = await loggedIn(server);
    await client.command('TYPE I');
    const data = await client.passive();
    expect(await client.code('STOR small')).toBe(150);
    data.socket.write('half of it');
    expect([await client.code('ABOR'), (await client.reply()).code]).toEqual([426, 226]);
    data.socket.resume();
    expect(await data.outcome).toBe('reset');
    expect(fileSystem.readFile('/small').toString()).toBe('octets');
    await expectSound(client);
  });

  test('W7: ABOR while the server waits for the data connection gets 426 and then 226', async () => {
    const { server } = await startVastServer();
    const client = await loggedIn(server);
    await client.command('TYPE I');
    await client.command('EPSV');
    expect(await client.code('RETR small')).toBe(150);
    expect([await client.code('ABOR'), (await client.reply()).code]).toEqual([426, 226]);
    await expectSound(client);
  });

  test('W7: ABOR without a transfer gets one reply', async () => {
    const { server } = await startVastServer();
    const client = await loggedIn(server);
    expect([225, 226]).toContain(await client.code('ABOR'));
    await expectSound(client);
  });

  test('W7: ABOR closes a data connection that was prepared and not used, and gets one reply', async () => {
    const { server } = await startVastServer();
    const client = await loggedIn(server);
    const data = await client.passive();
    data.socket.resume();
    expect([225, 226]).toContain(await client.code('ABOR'));
    await data.outcome;
    expect(await client.code('RETR small')).toBe(425);
    await expectSound(client);
  });

  test('W7: ABOR closes a passive port to which nobody has come', async () => {
    const { server } = await startVastServer();
    const client = await loggedIn(server);
    const { lines } = await client.command('EPSV');
    expect([225, 226]).toContain(await client.code('ABOR'));
    const late = connect({ host: '127.0.0.1', port: Number(/\d{4,5}/.exec(lines[0]!.slice(4))![0]) });
    onTestFinished(() => void late.destroy());
    await expect(once(late, 'end')).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|ECONNREFUSED/) });
    expect(await client.code('RETR small')).toBe(425);
  });
});

describe('W8: ABOR with a Telnet Synch, as it arrives where the urgent octet is taken out of the stream', () => {
  const IP = [0xff, 0xf4];
  const DM = [0xff, 0xf2];
  const FORMS: Record<string, number[]> = {
    'plain ABOR': [...Buffer.from('ABOR\r\n')],
    'ftplib: the LF is missing': [...Buffer.from('ABOR\r')],
    'lftp: the DM is missing': [...IP, 0xff, ...Buffer.from('ABOR\r\n')],
    'tnftp: the second IAC is missing': [...IP, 0xf2, ...Buffer.from('ABOR\r\n')],
    'everything inline': [...IP, ...DM, ...Buffer.from('ABOR\r\n')],
    'in lower case': [...IP, ...DM, ...Buffer.from('abor\r\n')],
  };

  test.each(Object.entries(FORMS))(
    'W8: %s ends the transfer, and the NOOP glued to it is answered',
    async (_name, octets) => {
      const client = await loggedIn((await startVastServer()).server);
      await vastTransfer(client);
      client.write(Buffer.from([...octets, ...Buffer.from('NOOP\r\n')]));
      const codes = [(await client.reply()).code, (await client.reply()).code, (await client.reply()).code];
      expect(codes).toEqual([426, 226, 200]);
      await expectSound(client);
    },
  );

  test.each(Object.entries(FORMS))(
    'W8: %s is understood octet by octet, and without a transfer',
    async (_name, octets) => {
      const client = await loggedIn((await startVastServer()).server);
      for (const octet of [...octets, ...Buffer.from('NOOP\r\n')]) {
        client.write(Buffer.from([octet]));
        await new Promise(setImmediate);
      }
      expect([(await client.reply()).code, (await client.reply()).code]).toEqual([226, 200]);
      await expectSound(client);
    },
  );

  test('W8: STAT and QUIT may be sent that way as well', async () => {
    const client = await loggedIn((await startVastServer()).server);
    await vastTransfer(client);
    client.write(Buffer.from([...IP, 0xff, ...Buffer.from('STAT\rNOOP\r\nABOR\rQUIT\r')]));
    const codes: number[] = [];
    for (let i = 0; i < 5; i++) codes.push((await client.reply()).code);
    expect(codes).toEqual([211, 200, 426, 226, 221]);
  });
});

describe.runIf(pythonAvailable())('W8: ABOR with real urgent data, which Python can send', () => {
  /** Runs a script with the port as its argument. @returns what it printed, line by line. */
  async function python(script: string): Promise<string[]> {
    const { server } = await startVastServer();
    const { stdout } = await promisify(execFile)('python3', ['-c', script, String(server.address.port)]);
    return stdout.trimEnd().split('\n');
  }

  test('W8: ftplib.abort() ends the transfer, and the session goes on', async () => {
    const printed = await python(`
import ftplib, sys
ftp = ftplib.FTP(timeout=10)
ftp.connect('127.0.0.1', int(sys.argv[1]))
ftp.login('tester', 'secret')
ftp.voidcmd('TYPE I')
data = ftp.transfercmd('RETR vast')
data.recv(1000)
print(ftp.abort()[:3])
data.close()
print(ftp.getresp()[:3])
print(ftp.voidcmd('NOOP')[:3])
print(ftp.abort()[:3])
ftp.retrbinary('RETR small', lambda octets: print(octets.decode()))
print(ftp.quit()[:3])
`);
    expect(printed).toEqual(['426', '226', '200', '226', 'octets', '221']);
  });

  const SENDERS: Record<string, string> = {
    ftplib: String.raw`s.send(b'ABOR\r\n', OOB)`,
    lftp: String.raw`s.send(b'\xff\xf4\xff\xf2', OOB); s.send(b'ABOR\r\n')`,
    tnftp: String.raw`s.send(b'\xff\xf4'); s.send(b'\xff', OOB); s.send(b'\xf2ABOR\r\n')`,
  };

  test.each(Object.entries(SENDERS))('W8: as %s sends it, with a NOOP right behind it', async (_name, send) => {
    const printed = await python(String.raw`
import socket, sys, re
OOB = socket.MSG_OOB
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 10)
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
replies = s.makefile('rb')
def code():
    return replies.readline()[:3].decode()
code()
for line in (b'USER tester', b'PASS secret', b'TYPE I'):
    s.send(line + b'\r\n')
    code()
s.send(b'EPSV\r\n')
port = int(re.search(rb'(\d+)\|\)', replies.readline()).group(1))
data = socket.create_connection(('127.0.0.1', port), 10)
s.send(b'RETR vast\r\n')
print(code())
${send}
s.send(b'NOOP\r\n')
print(code(), code(), code())
${send}
s.send(b'PWD\r\n')
print(code(), code())
`);
    expect(printed).toEqual(['150', '426 226 200', '226 257']);
  });
});
