import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { CommandHandler } from '../../src/protocol/command-handler.ts';
import { PassivePorts } from '../../src/protocol/passive-ports.ts';
import type { RemoteRequest, ToLoop, ToThread } from '../../src/protocol/remote-messages.ts';
import { repliesOf } from '../../src/protocol/reply.ts';
import { POOL_FULL, type RequestPool } from '../../src/protocol/request-pool.ts';
import { newSession, type Session } from '../../src/protocol/session.ts';
import { newTransferCounter, sharedTransfer } from '../../src/protocol/shared-transfer.ts';
import { FtpService, type FtpServiceParts } from '../../src/services/ftp.ts';
import { checkFtpServiceOptions } from '../../src/services/ftp-options.ts';
import { protocolSettings } from '../../src/services/ftp-settings.ts';
import { createLog } from '../../src/services/log.ts';
import { MemoryFileSystem } from '../../src/storage/memory.ts';
import { socketOfDescriptor } from '../../src/transfer/shared-socket.ts';
import type { ControlClient } from '../support/control-client.ts';
import { inProcessRequests } from '../support/in-process-requests.ts';
import { presences } from '../support/presences.ts';
import { rates } from '../support/rates.ts';
import { servedConnections } from '../support/served-connections.ts';
import { everybody, greeted, loggedIn } from '../support/test-server.ts';
import { StorageWithVastFile, vastTransfer } from './vast-file.ts';

type Request = { readonly request: RemoteRequest; readonly port: MessagePort };
type Run = (request: unknown, port: MessagePort) => Promise<void>;

function parts(fileSystem = new MemoryFileSystem({ files: { '/file': 'octets' } })): FtpServiceParts {
  return {
    settings: protocolSettings(checkFtpServiceOptions({ root: '.', logins: { failureDelayMs: 0 } })),
    authenticator: everybody,
    fileSystem,
    board: { who: async () => [], kick: async () => false },
    log: createLog({ level: 'silent', format: 'text' }),
  };
}

/** A pool in which some verbs meet another fate than that of being run. Counts what it was given. */
class TrickyPool implements RequestPool {
  readonly which;
  readonly verbs: string[] = [];
  readonly fates: Record<string, (request: Request) => Promise<void>> = {};
  readonly #run: Run;

  constructor(which: RequestPool['which'], of: FtpServiceParts) {
    this.which = which;
    this.#run = (request, port) => inProcessRequests(which, of).run(request, port);
  }

  run(request: RemoteRequest, port: MessagePort): Promise<void> {
    this.verbs.push(request.verb);
    const fate = this.fates[request.verb];
    return fate ? fate({ request: structuredClone(request), port }) : this.#run(request, port);
  }
}

async function served(which: RequestPool['which'], fileSystem?: MemoryFileSystem) {
  const own = parts(fileSystem);
  const pool = new TrickyPool(which, own);
  const server = await servedConnections(new FtpService({ ...own, requests: pool }));
  return { server, pool };
}

/** What a thread says as the first of a transfer. */
function beginTransfer(port: MessagePort): (message: ToLoop) => void {
  const post = (message: ToLoop) => port.postMessage(message);
  const transfer = { verb: 'RETR', path: '/file', startedMs: Date.now() };
  post({ kind: 'transfer', transfer, moved: newTransferCounter() });
  post({ kind: 'preliminary', reply: { code: 150, lines: ['Here it comes.'] } });
  return post;
}

/** Asks the loop for the data connection, as a RETR does behind its 150. */
async function lentDescriptor(port: MessagePort): Promise<number> {
  const post = beginTransfer(port);
  post({ kind: 'call', call: 1, duty: 'lend', args: [] });
  const [answer] = (await once(port, 'message')) as [ToThread];
  if (answer.kind !== 'answer') throw new Error(`asked for a descriptor, got ${answer.kind}`);
  return (answer.value as { descriptor: number }).descriptor;
}

/** What Promise.withResolvers() makes where there is one. */
function deferred<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

function died(): never {
  throw new Error('the thread died');
}

/** What a descriptor of this process stands for; undefined when it is closed. */
function openFile(descriptor: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return undefined;
  }
}

function openSockets(): number {
  return readdirSync('/proc/self/fd').filter((fd) => openFile(Number(fd))?.startsWith('socket:')).length;
}

async function expectSound(client: ControlClient): Promise<void> {
  await client.command('TYPE I');
  const { octets, last } = await client.download('RETR file');
  expect([octets.toString(), last.code]).toEqual(['octets', 226]);
}

describe('when its thread dies, a command', () => {
  test('gets a 451, and the session is what it was before', async () => {
    const { server, pool } = await served('all');
    const client = await greeted(server);
    await client.command('USER tester');
    pool.fates.PASS = async () => died();
    expect(await client.code('PASS secret')).toBe(451);
    delete pool.fates.PASS;
    expect(await client.code('PASS secret')).toBe(230);
    await expectSound(client);
  });

  test('W6: has its data connection reset, since an end would pass for that of the file', async () => {
    const { server, pool } = await served('all');
    const client = await loggedIn(server);
    pool.fates.RETR = async ({ port }) => {
      const socket = socketOfDescriptor(await lentDescriptor(port));
      await new Promise((resolve) => socket.write('octe', resolve));
      // All handles of a thread are closed with it, and in order.
      socket.destroy();
      await once(socket, 'close');
      died();
    };
    const data = await client.passive();
    expect(await client.code('RETR file')).toBe(150);
    data.socket.resume();
    expect(await data.outcome).toBe('reset');
    expect((await client.reply()).code).toBe(451);
    delete pool.fates.RETR;
    await expectSound(client);
  });

  test('has its data connection reset also when the thread had not taken it yet', async () => {
    const { server, pool } = await served('all');
    const client = await loggedIn(server);
    let lent: string | undefined;
    pool.fates.RETR = async ({ port }) => {
      lent = openFile(await lentDescriptor(port));
      died();
    };
    const data = await client.passive();
    expect([await client.code('RETR file'), (await client.reply()).code]).toEqual([150, 451]);
    data.socket.resume();
    expect(await data.outcome).toBe('reset');
    expect(lent).toMatch(/^socket:/);
    expect(readdirSync('/proc/self/fd').map((fd) => openFile(Number(fd)))).not.toContain(lent);
  });

  test('has its data connection reset also when the thread had not even asked for it', async () => {
    const { server, pool } = await served('all');
    const client = await loggedIn(server);
    pool.fates.STOR = async ({ port }) => {
      beginTransfer(port);
      await once(client.socket, 'data');
      died();
    };
    const data = await client.passive();
    data.socket.write('octets');
    expect(await client.code('STOR file')).toBe(150);
    data.socket.resume();
    expect(await data.outcome).toBe('reset');
    expect((await client.reply()).code).toBe(451);
  });

  test('gives up a data connection that is still to come, and counts as no transfer any more', async () => {
    const { server, pool } = await served('all');
    const client = await loggedIn(server);
    pool.fates.RETR = async ({ port }) => {
      void lentDescriptor(port);
      await once(client.socket, 'data');
      died();
    };
    await client.command('EPSV');
    expect([await client.code('RETR file'), (await client.reply()).code]).toEqual([150, 451]);
    delete pool.fates.RETR;
    expect((await client.command('STAT')).lines).toContain(' No data connection');
    expect(await client.code('RETR file')).toBe(425);
    await expectSound(client);
  });

  test('gets a 451 as well when nothing is heard but the end of the line', async () => {
    const { server, pool } = await served('all');
    const client = await loggedIn(server);
    pool.fates.PWD = async ({ port }) => port.close();
    expect(await client.code('PWD')).toBe(451);
    expect(await client.code('NOOP')).toBe(200);
  });
});

test('a command for which there is no room gets a 451 that says so, and what was prepared for it remains', async () => {
  const { server, pool } = await served('all');
  const client = await loggedIn(server);
  await client.command('TYPE I');
  const data = await client.passive();
  pool.fates.RETR = async () => {
    throw Object.assign(new Error('full'), { code: POOL_FULL });
  };
  expect((await client.command('RETR file')).lines).toEqual(['451 Too busy; try again later.']);
  delete pool.fates.RETR;
  expect(await client.code('RETR file')).toBe(150);
  expect((await data.everything()).toString()).toBe('octets');
});

test('a thread learns of a client that left before it began with its request', async () => {
  const { server, pool } = await served('all');
  const client = await loggedIn(server);
  const waiting = deferred<MessagePort>();
  const begun = deferred<void>();
  pool.fates.HASH = async ({ port }) => {
    waiting.resolve(port);
    await begun.promise;
    port.close();
  };
  client.send('HASH file');
  const port = await waiting.promise;
  client.socket.resetAndDestroy();
  let first: { message: ToThread } | undefined;
  while (first === undefined) {
    await nextTurn();
    first = receiveMessageOnPort(port) as typeof first;
  }
  expect(first.message).toEqual({ kind: 'abort' });
  begun.resolve();
});

test('a descriptor that was lent stands for its connection until the request is over, though the client is gone', async () => {
  const { server, pool } = await served('all');
  const client = await loggedIn(server);
  const before = openSockets();
  const lent = deferred<number>();
  const left = deferred<void>();
  const taken = deferred<number | undefined>();
  pool.fates.RETR = async ({ port }) => {
    const descriptor = await lentDescriptor(port);
    lent.resolve(descriptor);
    await left.promise;
    const socket = socketOfDescriptor(descriptor);
    taken.resolve(socket.remotePort);
    socket.destroy();
    port.close();
  };
  const data = await client.passive();
  client.send('RETR file');
  const connection = openFile(await lent.promise);
  client.socket.resetAndDestroy();
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  expect(openFile(await lent.promise)).toBe(connection);
  left.resolve();
  expect(await taken.promise).toBe(data.socket.localPort);
  data.socket.resume();
  await data.outcome;
  data.socket.destroy();
  // Of the client's two connections and the server's ends of them, none is left.
  await expect.poll(openSockets).toBeLessThan(before);
});

test('beside a transfer, STAT and NOOP are answered by the loop, which sees how far the thread is', async () => {
  const { server, pool } = await served('all', new StorageWithVastFile());
  const client = await loggedIn(server);
  const data = await vastTransfer(client);
  pool.verbs.length = 0;
  data.socket.resume();
  const moved = async () => Number(/RETR \/vast: (\d+) of/.exec((await client.command('STAT')).lines.join())![1]);
  await expect.poll(moved).toBeGreaterThan(1_000_000);
  expect(await client.code('NOOP')).toBe(200);
  expect(pool.verbs).toEqual([]);
  expect([await client.code('ABOR'), (await client.reply()).code]).toEqual([426, 226]);
  expect(pool.verbs).toEqual(['ABOR']);
});

test('a pool for heavy commands gets those that would keep the loop busy, and no others', async () => {
  const { server, pool } = await served('heavy');
  const client = await loggedIn(server);
  await client.command('TYPE I');
  const quick = [
    'NOOP',
    'PWD',
    'CWD /',
    'SIZE file',
    'MLST file',
    'STAT',
    'RNFR file',
    'REST 0',
    'FEAT',
    'ABOR',
    'MKD d',
  ];
  for (const line of quick) await client.command(line);
  await client.download('RETR file');
  await client.upload('STOR new', 'octets');
  expect(pool.verbs).toEqual(['PASS']);

  const heavy = ['HASH file', 'XMD5 file', 'XSHA1 file', 'STAT /', 'LIST', 'NLST', 'MLSD'];
  for (const line of heavy) await client.download(line);
  await client.command('TYPE A');
  await client.command('SIZE file');
  await client.download('RETR file');
  for (const verb of ['STOR', 'APPE', 'STOU']) await client.upload(`${verb} new`, 'octets');
  expect(pool.verbs.slice(1)).toEqual([
    'HASH',
    'XMD5',
    'XSHA',
    'STAT',
    'LIST',
    'NLST',
    'MLSD',
    'SIZE',
    'RETR',
    'STOR',
    'APPE',
    'STOU',
  ]);
});

describe('a session', () => {
  const STEPS = [
    'HOST ftp.example.com',
    'USER tester',
    'PASS wrong',
    'USER tester',
    'PASS secret',
    'CLNT somebody',
    'MKD /d',
    'CWD /d',
    'TYPE I',
    'OPTS MLST size;type;',
    'OPTS HASH MD5',
    'SITE UMASK 027',
    'SITE IDLE 100',
    'REST 3',
    'RANG 1 2',
    'ALLO 10',
    'RNFR /file',
    'XYZZ',
    'EPSV ALL',
    'RNFR /file',
  ];

  /** @returns the session behind each step, but for what differs from one to another. */
  async function sessionAfterEachStep(requests: RequestPool | undefined): Promise<Partial<Session>[]> {
    const { settings, authenticator, fileSystem, log } = parts();
    const session = newSession('1', { address: '127.0.0.1', port: 1 }, { address: '127.0.0.1', port: 2 });
    await using passivePorts = new PassivePorts();
    using handler = new CommandHandler(session, {
      settings,
      authenticator,
      storageFor: () => fileSystem,
      passivePorts,
      presences,
      rates,
      emit: () => {},
      log,
      ...(requests && { requests }),
    });
    const sessions: Partial<Session>[] = [];
    for (const line of STEPS) {
      for await (const _reply of repliesOf(handler.handle(line))) expect(structuredClone(session)).toEqual(session);
      sessions.push({ ...structuredClone(session), startedMs: 0, lastCommandMs: 0 });
    }
    return sessions;
  }

  test('is plain data, and after each command the same wherever that ran', async () => {
    const here = await sessionAfterEachStep(undefined);
    expect(await sessionAfterEachStep(inProcessRequests('all', parts()))).toEqual(here);
    expect(new Set(here.map((session) => JSON.stringify(session))).size).toBeGreaterThan(STEPS.length - 4);
  });

  test('is plain data in the middle of a transfer, too: a clone has what was moved until then', () => {
    const transfer = { verb: 'RETR', path: '/file', startedMs: 1, total: 10 };
    const counter = newTransferCounter();
    const shared = sharedTransfer(transfer, counter);
    shared.moved += 4;
    const clone = structuredClone(shared);
    sharedTransfer(transfer, counter).moved += 2;
    expect(clone).toEqual({ ...transfer, moved: 4 });
    expect(shared.moved).toBe(6);
  });
});
