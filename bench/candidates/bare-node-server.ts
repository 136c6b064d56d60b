/**
 * The least that a server on Node's sockets can do: it knows the words of a login, and checks nothing.
 * node bare-node-server.js ADDRESS PORT [CERTIFICATE KEY]
 */
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

const [, , host, port, ...pem] = process.argv;
const [cert, key] = pem.map((path) => readFileSync(path));
const secureContext = cert && key && createSecureContext({ cert, key });

const REPLIES: Readonly<Record<string, string>> = { USER: '331 Word?\r\n', PASS: '230 In.\r\n' };

function converse(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  // Who has something to say says it in whole lines, one at a time.
  socket.setEncoding('latin1').on('data', (line: string) => {
    const verb = line.slice(0, 4).trimEnd().toUpperCase();
    if (verb === 'QUIT') socket.end('221 Bye.\r\n');
    else if (verb === 'AUTH' && secureContext) protect(socket, secureContext);
    else socket.write(REPLIES[verb] ?? '502 What?\r\n');
  });
}

function protect(socket: Socket, context: NonNullable<typeof secureContext>): void {
  socket.removeAllListeners('data').pause();
  socket.write('234 Begin.\r\n');
  converse(new TLSSocket(socket, { isServer: true, secureContext: context }));
}

createServer({ noDelay: true }, (socket) => {
  socket.write('220 Bare.\r\n');
  converse(socket);
}).listen({ host, port: Number(port), backlog: 4096 });
