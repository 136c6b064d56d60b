import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { commandTable } from '../../src/protocol/command-table.ts';
import { siteRows } from '../../src/protocol/commands/site.ts';
import { LINES } from '../protocol/likely-lines.ts';
import type { Chance } from './chance.ts';

interface Address {
  readonly address: string;
  readonly port: number;
}

const VERBS = [
  ...commandTable.flatMap(({ verb, aliases = [] }) => [verb, ...aliases]),
  ...siteRows.map(({ verb }) => `SITE ${verb}`),
  ...['XYZZY', 'GET', 'PASV PASV', '', 'A'],
];

const ARGUMENTS = [
  ...['', 'file', 'd', 'new', '/', '..', '*', '-la', '-R', 'I', 'A', 'S', 'F', '0', '1', '5', '9007199254740992', '-1'],
  ...['UTF8 ON', 'MLST type;', 'HASH MD5', 'ALL', '2', '20200102030405 file', '600 file', 'file d', '"file" "new"'],
  ...[
    '127,0,0,1,4,1',
    '|1|127.0.0.1|1025|',
    '|2|::1|1025|',
    'anonymous',
    'tester',
    'secret',
    '\xed\xa0\x80',
    'x'.repeat(300),
  ],
];

/** How long a session waits at most for a reply that it needs to go on. */
const PATIENCE_MS = 100;

/** One client that says anything, and leaves at any moment, in any way. What it hears is read, or is not. */
export class RandomSession {
  readonly #chance: Chance;
  readonly #opened: { destroy(): unknown }[] = [];
  readonly #said: string[] = [];
  #heard = '';
  #faulty = false;
  #control!: Socket;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /**
   * Fulfilled when it has left. To be refused or cut off is what it asked for.
   * @throws Error with what it has said, when the server tells of a fault of its own.
   */
  async run({ address, port }: Address): Promise<void> {
    this.#control = this.#open(connect({ host: address, port, allowHalfOpen: true }));
    this.#control.setEncoding('latin1').on('data', (text: string) => {
      // The last that was said is enough to find a port in.
      this.#heard = (this.#heard + text).slice(-2_000);
      this.#faulty ||= this.#heard.includes('451 Internal error');
    });
    if (this.#chance.oneIn(10)) this.#control.pause();
    await settled(this.#control, 'connect');
    if (!this.#chance.oneIn(4)) this.#say(`USER ${this.#chance.of(['anonymous', 'tester'])}\r\nPASS secret\r\n`);
    for (let steps = this.#chance.below(25); steps > 0 && !this.#control.destroyed; steps--) await this.#step();
    await this.#leave();
    if (this.#faulty) throw new Error(`a fault of the server, after ${JSON.stringify(this.#said)}`);
  }

  async #step(): Promise<void> {
    const chance = this.#chance;
    switch (chance.below(20)) {
      case 0:
        return this.#say(chance.octets(200));
      case 1:
        // Half a line, or the rest of one.
        return this.#say(chance.of(VERBS).slice(0, 1 + chance.below(3)));
      case 2:
        return this.#say('x'.repeat(chance.below(10_000)));
      case 3:
        return this.#passive();
      case 4:
        return this.#active();
      case 5:
        return this.#transfer();
      case 6:
        return this.#say(chance.of(['\xff\xf4\xff\xf2ABOR\r\n', 'ABOR\r\n', 'STAT\r\n', '\r\n', '\0\r\n']));
      case 7:
        await nextTurn();
        return;
      case 8:
        return this.#say(chance.of(['QUIT\r\n', 'REIN\r\n', 'USER tester\r\nPASS secret\r\n']));
      case 9:
      case 10:
        return this.#sayLine(`${chance.of(VERBS)} ${chance.text(ARGUMENTS, 3)}`);
      case 11:
      case 12:
        return this.#sayLine(`${chance.of(VERBS)} ${chance.of(ARGUMENTS)}`);
      default:
        return this.#sayLine(chance.of(LINES).replace(/\bx$/, () => chance.of(['x', 'file', 'new', 'd'])));
    }
  }

  /** On a line of its own, as a rule: what came before may have no end. */
  async #sayLine(line: string): Promise<void> {
    this.#say(this.#chance.oneIn(8) ? `${line}\r\n` : `\r\n${line}\r\n`);
    if (this.#chance.oneIn(2)) await settled(this.#control, 'data');
  }

  /** Commands that move data, over whatever was prepared. */
  #transfer(): void {
    const verb = this.#chance.of([
      'RETR file',
      'STOR new',
      'APPE new',
      'STOU',
      'LIST',
      'NLST',
      'MLSD',
      'LIST -R',
      'RETR d',
    ]);
    this.#say(`TYPE ${this.#chance.of(['I', 'A'])}\r\n${verb}\r\n`);
  }

  async #passive(): Promise<void> {
    this.#heard = '';
    this.#say('EPSV\r\n');
    await settled(this.#control, 'data');
    const port = Number(/\(\|\|\|(\d+)\|\)/.exec(this.#heard)?.[1]);
    if (port > 0 && !this.#chance.oneIn(4)) this.#use(this.#open(connect({ host: '127.0.0.1', port })));
  }

  async #active(): Promise<void> {
    const server = createServer((socket) => this.#use(this.#open(socket)));
    this.#opened.push({ destroy: () => server.close() });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as { port: number };
    this.#say(`EPRT |1|127.0.0.1|${port}|\r\n`);
    this.#transfer();
    await settled(this.#control, 'data');
  }

  /** A data connection: read or not, written to or not, ended in one way or another. */
  #use(data: Socket): void {
    if (!this.#chance.oneIn(3)) data.resume();
    if (this.#chance.oneIn(2)) data.write(this.#chance.octets(3_000));
    switch (this.#chance.below(4)) {
      case 0:
        data.end();
        break;
      case 1:
        data.resetAndDestroy();
        break;
      case 2:
        data.destroy();
        break;
    }
  }

  async #leave(): Promise<void> {
    const closed = new Promise((resolve) => this.#control.once('close', resolve));
    if (!this.#control.destroyed) {
      switch (this.#chance.below(4)) {
        case 0:
          this.#control.resetAndDestroy();
          break;
        case 1:
          this.#control.end(this.#chance.octets(20));
          await settled(this.#control, 'end');
          break;
        case 2:
          this.#control.end('QUIT\r\n');
          await settled(this.#control, 'end');
          break;
      }
      this.#control.destroy();
      await closed;
    }
    for (const opened of this.#opened) opened.destroy();
  }

  #say(octets: string | Uint8Array): void {
    if (!this.#control.writable) return;
    const sent = Buffer.from(octets as string, 'latin1');
    this.#said.push(sent.toString('latin1'));
    this.#control.write(sent);
  }

  #open(socket: Socket): Socket {
    socket.on('error', () => {});
    this.#opened.push(socket);
    return socket;
  }
}

/** The event, or the end of the connection, or of the patience. */
async function settled(socket: Socket, event: string): Promise<void> {
  if (socket.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      for (const name of [event, 'close']) socket.off(name, done);
      resolve();
    };
    const timer = setTimeout(done, PATIENCE_MS);
    for (const name of [event, 'close']) socket.on(name, done);
  });
}
