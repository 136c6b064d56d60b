/** Connects to each port that it is told, and sends as much as the other side takes, until that leaves. */
import { connect } from 'node:net';

const CHUNK = Buffer.alloc(2 ** 20);

process.on('message', (port: number) => {
  const socket = connect({ host: '127.0.0.1', port });
  const send = (error?: Error | null) => {
    if (!error) socket.write(CHUNK, send);
  };
  // The receiver leaves in the middle.
  socket.on('error', () => {});
  socket.on('connect', () => send());
});
