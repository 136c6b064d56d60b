import { describe, type TestContext, test } from 'vitest';
import { descendantsOf, exists } from '../support/process-tree.ts';
import { type FaultRow, underFault } from './fault-table.ts';
import { ServerInChild } from './server-in-child.ts';
import { WordClient, wordService } from './word-client.ts';

/** Longer than the patience with units that do not even end when they are told to. */
const BOUND_MS = 6_000;

type Server = Awaited<ReturnType<typeof ServerInChild.start>>;
type Context = Pick<TestContext, 'expect' | 'onTestFinished'>;
type Row = FaultRow & { readonly name: string };

const outliveUnits = underFault.filter(({ crashTakes }) => crashTakes !== 'the server');
const dieWithTheirClient = underFault.filter(({ crashTakes }) => crashTakes === 'the server');

// Each server is a process of its own, and most of the time is waited: beside each other they take half of it.
describe.runIf(process.platform === 'linux').concurrent('S24: a session in which a unit', () => {
  test.for(outliveUnits)('throws, and one in which it exits, cost $name what the table says', async (row, context) => {
    const { expect } = context;
    const server = await start(row, context);
    const clients = await severalClients(server, row, context);
    for (const word of ['throw', 'exit']) {
      const served = (await server.stats()).served;
      clients[0]!.say(word);
      const lost = await expectLoss(row, clients, context);
      clients.splice(0, clients.length, ...clients.filter((client) => !lost.includes(client)));
      await expect.poll(() => server.stats()).toEqual({ connected: clients.length, served: served + lost.length });
      clients.push(await connected(server, context));
      expect(await clients.at(-1)!.echo('next')).toBe('next');
    }
    if (row.crashTakes !== 'the request') expect(server.troubles).toHaveLength(2);
  });

  test.for(dieWithTheirClient)('throws ends $name', async (row, context) => {
    const { expect } = context;
    const server = await start(row, context);
    const clients = await severalClients(server, row, context);
    clients[0]!.say('throw');
    expect(await server.ended).not.toBe(0);
    for (const { left } of clients) await left;
  });

  test.for(outliveUnits)(
    'is blocked for ever keeps $name neither from serving others nor from closing',
    async (row, context) => {
      const { expect } = context;
      const server = await start(row, context);
      const clients = await severalClients(server, row, context);
      await block(clients[0]!, context);
      const others = clients
        .slice(1)
        .filter(({ place }) => row.crashTakes !== 'the unit' || place !== clients[0]!.place);
      for (const client of others) expect(await client.echo('still here')).toBe('still here');
      // Who does not answer is still known.
      expect(await server.who()).toHaveLength(clients.length);

      const started = performance.now();
      await server.close({ graceMs: 50 });
      expect(performance.now() - started).toBeLessThan(BOUND_MS);
      for (const { left } of clients) await left;
      expect(descendantsOf(server.pid)).toEqual([]);
      expect(await server.stats()).toEqual({ connected: 0, served: clients.length });
    },
  );

  test.for(dieWithTheirClient)('is blocked for ever keeps all clients of $name waiting', async (row, context) => {
    const server = await start(row, context);
    await block(await connected(server, context), context);
    const next = WordClient.connect(server.address).then(
      () => 'greeted',
      () => 'cut',
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    server.kill('SIGKILL');
    context.expect(await next).toBe('cut');
  });

  test.for(underFault)(
    'is blocked for ever ends with $name all the same, when the parent is killed',
    async (row, context) => {
      const { expect } = context;
      const server = await start(row, context);
      const client = await connected(server, context);
      await block(client, context);
      if (row.units !== 'none') await connected(server, context);
      const children = descendantsOf(server.pid);
      if (row.units === 'processes') expect(children.length).toBeGreaterThan(0);
      server.kill('SIGKILL');
      await server.ended;
      // A zombie exists as well; and who has just been started finds out when it has begun.
      await expect.poll(() => children.filter(exists)).toEqual([]);
      await client.left;
      await expect(WordClient.connect(server.address)).rejects.toThrow();
    },
  );
});

async function start({ name }: Row, { onTestFinished }: Context): Promise<Server> {
  const server = await ServerInChild.start(name, {
    service: wordService(),
    listen: { host: '127.0.0.1', port: 0 },
    workers: 3,
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

async function connected(server: Server, { onTestFinished }: Context): Promise<WordClient> {
  const client = await WordClient.connect(server.address);
  onTestFinished(() => client.close());
  return client;
}

/** Fulfilled when whatever runs the client's words does nothing else any more. */
async function block(client: WordClient, { expect }: Context): Promise<void> {
  client.say('block');
  expect(await client.hear()).toBe('blocked');
}

/** As many as it takes for a client outside of the first one's unit to be there, if there can be one. */
async function severalClients(server: Server, { crashTakes, name }: Row, context: Context): Promise<WordClient[]> {
  const first = await connected(server, context);
  if (name === 'serial') return [first];
  const clients = [first, await connected(server, context)];
  while (crashTakes === 'the unit' && clients.every(({ place }) => place === first.place)) {
    clients.push(await connected(server, context));
  }
  return clients;
}

/** The first of the clients had its unit crash. @returns those that are lost by it. */
async function expectLoss(
  { crashTakes }: Row,
  clients: readonly WordClient[],
  { expect }: Context,
): Promise<WordClient[]> {
  const [first] = clients as [WordClient];
  if (crashTakes === 'the request') expect(await first.hear()).toMatch(/^failed: /);
  const lost = clients.filter((client) => {
    if (crashTakes === 'the unit') return client.place === first.place;
    return crashTakes === 'the client' && client === first;
  });
  for (const client of lost) await client.left;
  for (const client of clients) if (!lost.includes(client)) expect(await client.echo('here')).toBe('here');
  return lost;
}
