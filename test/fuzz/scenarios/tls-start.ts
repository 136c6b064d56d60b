import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as startTls } from 'node:tls';
import { clientHello } from '../../support/tls-client.ts';
import type { Chance } from '../chance.ts';
import type { FuzzScenario } from '../scenario.ts';
import { type Server, survives } from './sessions.ts';

/** What a client of TLS 1.3 says first. */
const HELLO = await clientHello();

/** What stands in front of a handshake, where it is asked for by AUTH. */
const BEFORE = [
  'AUTH TLS\r\n',
  'AUTH SSL\r\n',
  'AUTH TLS\r\nNOOP\r\n',
  'USER anonymous\r\nAUTH TLS\r\n',
  'AUTH\r\n',
  '',
];

/** Records of every type, true to form or not. */
const RECORDS = [
  '\x15\x03\x03\0\x02\x01\0',
  '\x17\x03\x03\0\x01\0',
  '\x14\x03\x03\0\x01\x01',
  '\x16\x03\x01\0\x04\x01\0\0\0',
];

const PATIENCE_MS = 50;

/** Clients that begin TLS in any way, and leave at any moment. */
export function tlsStart(architecture: string, atATime: number): FuzzScenario {
  return survives(architecture, atATime, {
    title: `S1, S19, S24: ${architecture} survives any beginning of TLS, and is idle afterwards`,
    weight: 2,
    visit,
  });
}

async function visit(chance: Chance, { addresses }: Server): Promise<void> {
  const explicit = chance.oneIn(2);
  const { address, port } = addresses[explicit ? 0 : 1]!;
  const socket = connect({ host: address, port });
  try {
    let heard = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      heard = (heard + text).slice(-1_000);
    });
    socket.on('error', () => {});
    await settled(socket, 'connect');
    if (explicit) {
      socket.write(chance.of(BEFORE));
      if (!chance.oneIn(3)) await settled(socket, 'data');
    }
    if (chance.oneIn(4)) await goodHandshake(socket, chance);
    else await anyOctets(socket, chance);
    if (heard.includes('451 Internal error')) throw new Error(`a fault of the server: ${JSON.stringify(heard)}`);
  } finally {
    if (chance.oneIn(2)) socket.resetAndDestroy();
    else socket.destroy();
  }
}

/** And garbage behind it, in the middle of it, or nothing any more. */
async function goodHandshake(socket: Socket, chance: Chance): Promise<void> {
  const tls = startTls({
    socket,
    rejectUnauthorized: false,
    ...(chance.oneIn(2) && { maxVersion: 'TLSv1.2' as const }),
  });
  tls.on('error', () => {});
  if (!chance.oneIn(4)) await settled(tls, 'secureConnect');
  if (chance.oneIn(2)) tls.write(`${chance.text(['USER anonymous', 'PBSZ 0', 'PROT P', 'QUIT', '\r\n'], 6)}\r\n`);
  if (chance.oneIn(2)) socket.write(chance.octets(100));
  if (chance.oneIn(2)) await settled(tls, 'data');
}

async function anyOctets(socket: Socket, chance: Chance): Promise<void> {
  const octets = chance.oneIn(3) ? Buffer.concat([record(chance), record(chance)]) : changed(HELLO, chance);
  for (let at = 0; at < octets.length && !socket.destroyed; ) {
    const piece = 1 + chance.below(octets.length);
    socket.write(octets.subarray(at, at + piece));
    at += piece;
    if (chance.oneIn(4)) break;
    if (chance.oneIn(2)) await delay(chance.below(5));
  }
  if (chance.oneIn(2)) socket.end();
  if (!chance.oneIn(3)) await settled(socket, 'close');
}

function record(chance: Chance): Buffer {
  return chance.oneIn(2) ? chance.octets(600) : Buffer.from(chance.of(RECORDS), 'latin1');
}

/** The same with some octets changed, left out, or said again. */
function changed(octets: Buffer, chance: Chance): Buffer {
  const other = Buffer.from(octets);
  for (let change = chance.below(4); change > 0; change--) other[chance.below(other.length)] = chance.below(256);
  if (chance.oneIn(4)) return other.subarray(0, chance.below(other.length));
  if (chance.oneIn(6)) return Buffer.concat([other, other]);
  return other;
}

/** Fulfilled when the event has come, or the other end has not the patience to be waited for. */
async function settled(socket: Socket, event: string): Promise<void> {
  const enough = new AbortController();
  const patience = setTimeout(() => enough.abort(), PATIENCE_MS);
  await Promise.race([
    once(socket, event, { signal: enough.signal }),
    once(socket, 'close', { signal: enough.signal }),
  ]).catch(() => {});
  clearTimeout(patience);
  enough.abort();
}
