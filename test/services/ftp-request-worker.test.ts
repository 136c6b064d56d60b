import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MessagePort, Worker } from 'node:worker_threads';
// What is built: threads cannot load TypeScript.
import { ftpServiceSpec, hashPassword } from 'ohai-ftpd';
import { expect, onTestFinished, test } from 'vitest';
import type { RequestPool, ServiceModule, ServiceSpec } from '../../src/runtime/service.ts';
import { ControlClient } from '../support/control-client.ts';
import { servedConnections } from '../support/served-connections.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const LARGE = 30_000_000;
const PASSWORD_HASH = await hashPassword('secret');

const THREAD = `
  const { parentPort, workerData: { module, options } } = require('node:worker_threads');
  const worker = import(module).then(({ createRequestWorker }) => createRequestWorker(options));
  parentPort.on('message', async ({ turn, request, port }) => {
    await (await worker).run(request, port);
    parentPort.postMessage(turn);
  });
`;

/** Threads that have their turns one after the other, for a single client: nobody waits for another one's request. */
class Threads implements RequestPool {
  readonly which = 'all';
  readonly #service: ServiceSpec;
  readonly #threads: Worker[];
  #turns = 0;

  constructor(service: ServiceSpec, count: number) {
    this.#service = service;
    this.#threads = Array.from({ length: count }, () => this.#start());
    onTestFinished(async () => {
      await Promise.all(this.#threads.map((thread) => thread.terminate()));
    });
  }

  async run(request: unknown, port: MessagePort): Promise<void> {
    this.#turns += 1;
    const turn = this.#turns;
    const thread = this.#threads[turn % this.#threads.length]!;
    await new Promise<void>((resolve, reject) => {
      thread.once('exit', () => reject(new Error('the thread died')));
      // That of the request before may still be on its way.
      thread.on('message', (done) => done === turn && resolve());
      thread.postMessage({ turn, request, port }, [port]);
    });
  }

  /** The one that has the last request. */
  async killOne(): Promise<void> {
    const index = this.#turns % this.#threads.length;
    await this.#threads[index]!.terminate();
    this.#threads[index] = this.#start();
  }

  #start(): Worker {
    return new Worker(THREAD, { eval: true, workerData: this.#service }).setMaxListeners(0);
  }
}

async function served() {
  const root = await temporaryDirectory();
  await writeFile(join(root, 'large'), Buffer.alloc(LARGE, 'octets'));
  const spec = ftpServiceSpec({
    root,
    accounts: [{ name: 'tester', passwordHash: PASSWORD_HASH, permissions: 'read-write' }],
    logins: { failureDelayMs: 0 },
    log: { level: 'silent' },
  });
  const { createService } = (await import(spec.module)) as ServiceModule;
  const pool = new Threads(spec, 2);
  const board = { who: async () => [], kick: async () => false };
  const { address } = await servedConnections(
    await createService(spec.options, { place: { process: process.pid }, board, requests: pool }),
  );
  const client = await ControlClient.login(address);
  onTestFinished(() => client.close());
  await client.command('TYPE I');
  return { root, client, pool };
}

test('the requests of a client run in one thread after the other, as STAT shows, and its session goes with them', async () => {
  const { client } = await served();
  const threads = new Set<string>();
  await client.command('MKD d');
  await client.command('CWD d');
  for (let i = 0; i < 4; i++) {
    const { lines } = await client.command('STAT');
    threads.add(/thread \d+/.exec(lines.join('\n'))![0]);
    // Two requests, so that the next STAT has the other thread.
    expect((await client.command('PWD')).lines[0]).toContain('"/d"');
    await client.command('NOOP');
  }
  expect(threads.size).toBe(2);
});

test('a thread moves files both ways, on connections that another one has made', async () => {
  const { root, client } = await served();
  const { octets, last } = await client.download('RETR large');
  expect(last.code).toBe(226);
  expect(octets.equals(readFileSync(join(root, 'large')))).toBe(true);
  expect((await client.upload('STOR copy', octets)).last.code).toBe(226);
  expect(readFileSync(join(root, 'copy')).equals(octets)).toBe(true);
  const { server, data } = await client.active();
  onTestFinished(() => void server.close());
  client.send('RETR large');
  expect((await client.reply()).code).toBe(150);
  expect(await (await data).everything()).toHaveLength(LARGE);
  expect((await client.reply()).code).toBe(226);
});

test('a thread that is killed in the middle of a transfer takes nothing but the transfer, which is reset', async () => {
  const { root, client, pool } = await served();
  for (const line of ['RETR large', 'STOR copy']) {
    const data = await client.passive();
    expect(await client.code(line)).toBe(150);
    if (line.startsWith('STOR')) data.socket.write(Buffer.alloc(1_000_000));
    const moved = async () => Number(/(?:large|copy): (\d+)/.exec((await client.command('STAT')).lines.join())![1]);
    await expect.poll(moved).toBeGreaterThan(0);
    await pool.killOne();
    data.socket.resume();
    expect(await data.outcome).toBe('reset');
    expect((await client.reply()).code).toBe(451);
  }
  expect(readdirSync(root)).not.toContain('copy');
  expect((await client.download('RETR large')).octets).toHaveLength(LARGE);
});

test('ABOR, and a client that goes away, end what a thread does', async () => {
  const { client } = await served();
  const data = await client.passive();
  expect(await client.code('RETR large')).toBe(150);
  expect([await client.code('ABOR'), (await client.reply()).code]).toEqual([426, 226]);
  data.socket.resume();
  expect(await data.outcome).toBe('reset');
  const again = await client.passive();
  expect(await client.code('RETR large')).toBe(150);
  client.socket.resetAndDestroy();
  again.socket.resume();
  expect(await again.outcome).toBe('reset');
});
