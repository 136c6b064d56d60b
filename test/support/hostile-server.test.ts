import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FtpClient } from '../../bench/client/ftp-client.ts';
import { extendedPassivePort } from '../../bench/client/reply-reader.ts';
import { ControlClient, DataClient } from './control-client.ts';

interface Address {
  readonly address: string;
  readonly port: number;
}

/** Both greet, log in and ask for a passive port. */
const CLIENTS: Readonly<Record<string, (server: Address) => Promise<unknown>>> = {
  'the client of the tests': async (server) => {
    const client = await ControlClient.login(server);
    onTestFinished(() => client.close());
    return client.passive();
  },
  'the client of the benchmarks': async (server) => {
    const client = await FtpClient.login(server);
    onTestFinished(() => client[Symbol.dispose]());
    return client.passive();
  },
};

const LOGIN: Readonly<Record<string, string>> = { USER: '331 Password?\r\n', PASS: '230 In.\r\n' };

/** What a server can do to a client. `EPSV` is the answer to that; all else happens when somebody connects. */
const HOSTILITIES: Readonly<Record<string, { greet?: (socket: Socket) => void; epsv?: string; error: RegExp }>> = {
  'sends a line without an end': { greet: (socket) => pour(socket, 'x'.repeat(65_536)), error: /line without an end/ },
  'sends a reply without an end': {
    greet: (socket) => pour(socket, `220-${'more\r\n'.repeat(10_000)}`),
    error: /reply without an end/,
  },
  'sends replies that nobody asked for': {
    greet: (socket) => pour(socket, '220 Hello.\r\n'.repeat(10_000)),
    error: /nobody asked for|expected|not logged in/,
  },
  'speaks another protocol': {
    greet: (socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
    error: /is no reply/,
  },
  'sends what is no text': { greet: (socket) => void socket.write(Buffer.alloc(100, '\xff\0\r\n')), error: /no reply/ },
  'closes without a word': { greet: (socket) => void socket.end(), error: /closed the control connection/ },
  'closes in the middle of a reply': {
    greet: (socket) => void socket.end('220-Hel'),
    error: /closed the control connection/,
  },
  'names port 0': { epsv: '229 Here (|||0|)\r\n', error: /no passive port/ },
  'names a port that there is not': { epsv: '229 Here (|||65536|)\r\n', error: /no passive port/ },
  'names no port': { epsv: '229 Here\r\n', error: /no passive port/ },
  'names a port of another host': { epsv: '229 Here (|1|127.0.0.2|2000|)\r\n', error: /no passive port/ },
  'names another host in a 227': { epsv: '227 Here (127,0,0,2,8,0).\r\n', error: /no passive port|expected 229/ },
};

/** Writes for as long as somebody reads. */
function pour(socket: Socket, text: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on('drain', more);
  more();
}

async function hostileServer({ greet, epsv = '' }: (typeof HOSTILITIES)[string]): Promise<Address> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    if (greet) return greet(socket);
    socket.write('220 Hello.\r\n');
    socket.setEncoding('latin1').on('data', (line: string) => socket.write(LOGIN[line.slice(0, 4)] ?? epsv));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return server.address() as unknown as Address;
}

describe.each(Object.entries(CLIENTS))('%s', (_name, use) => {
  test.each(Object.entries(HOSTILITIES))('S23: gives up a server that %s', async (_what, hostility) => {
    const { port } = await hostileServer(hostility);
    await expect(use({ address: '127.0.0.1', port })).rejects.toThrow(hostility.error);
  });
});

test.each(['NOOP\r\nDELE x', 'NOOP\nDELE x', 'NOOP\r', '\n'])(
  'S23: no client sends %j as one command',
  async (line) => {
    const { port } = await hostileServer({ error: /./ });
    const client = await ControlClient.connect({ address: '127.0.0.1', port });
    onTestFinished(() => client.close());
    expect(() => client.send(line)).toThrow('one line');
    const bench = await FtpClient.login({ address: '127.0.0.1', port });
    onTestFinished(() => bench[Symbol.dispose]());
    expect(() => bench.send(line)).toThrow('one line');
  },
);

test('S23: the client of the tests takes no more of a data connection than it was told', async () => {
  const { port } = await hostileServer({ greet: (socket) => pour(socket, 'x'.repeat(65_536)), error: /./ });
  const data = new DataClient(connect({ host: '127.0.0.1', port, allowHalfOpen: true }));
  await expect(data.everything(1_000_000)).rejects.toThrow('more than 1000000 octets');
  expect(data.socket.destroyed).toBe(true);
});

test('S23: a 229 with anything but a port in it is refused', () => {
  for (const text of ['(|||70000|)', '(|||-1|)', '(|||1e3|)', '(|||0x50|)', '(|||123456|)', '|||21|', '(|||)', '']) {
    expect(() => extendedPassivePort({ code: 229, lines: [`229 Here ${text}`] }), text).toThrow('no passive port');
  }
});
