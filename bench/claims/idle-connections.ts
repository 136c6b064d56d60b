/** Connections on which nothing happens: node idle-connections.js PORT; for each message as many in all as that says. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Well within the queue of listen(2). */
const AT_ONCE = 50;

const port = Number(process.argv[2]);
const sockets: Socket[] = [];

process.on('message', async (wanted: number) => {
  while (sockets.length < wanted) {
    const some = Array.from({ length: Math.min(AT_ONCE, wanted - sockets.length) }, () => connect(port, '127.0.0.1'));
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    sockets.push(...some);
  }
  process.send!('ready');
});
process.once('disconnect', () => process.exit());
