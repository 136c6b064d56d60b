import { equal, ok } from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Endpoint, ftpServiceSpec, hashPassword } from 'ohai-ftpd';
import { processorSecondsOf } from '../../../bench/measure/processor-time.ts';
import { selfSigned } from '../../../src/tls/self-signed.ts';
import { ServerInChild } from '../../conformance/server-in-child.ts';
import { usageOf } from '../../leaks/short-sessions.ts';
import { ControlClient } from '../../support/control-client.ts';
import { Chance } from '../chance.ts';
import { RandomSession } from '../random-session.ts';
import type { FuzzScenario } from '../scenario.ts';

const identity = selfSigned(['localhost']);

const CONTENT = 'what everybody may read\r\n'.repeat(100);

/** For everything that sessions had to be given back; the listeners of passive ports are kept for ten seconds. */
const QUIET_MS = 25_000;

/** Whose second address begins with the TLS handshake. */
export type Server = Awaited<ReturnType<typeof ServerInChild.start>>;

/**
 * Clients that say anything and leave at any moment. Afterwards the server must be there, serve as before, hold no
 * descriptor more than before, and do nothing.
 * @param atATime sessions; where there is a fixed number of workers, there are as many.
 */
export function sessions(architecture: string, atATime: number): FuzzScenario {
  return survives(architecture, atATime, {
    title: `S12, S19, S24: ${architecture} survives sessions of anything, and is idle afterwards`,
    weight: 3,
    visit: (chance, { address }) => new RandomSession(chance).run(address),
  });
}

export interface Visit {
  readonly title: string;
  readonly weight: number;
  /** Fulfilled when the client has left. @throws Error when the server tells of a fault of its own. */
  visit(chance: Chance, server: Server): Promise<void>;
}

/** A scenario of clients that visit a server, which must be as good as before when they have left. */
export function survives(architecture: string, atATime: number, { title, weight, visit }: Visit): FuzzScenario {
  return {
    title,
    weight,
    async run(chance, more) {
      const root = await mkdtemp(join(tmpdir(), 'ohai-ftpd-fuzz-'));
      await writeFile(join(root, 'file'), CONTENT);
      const server = await start(architecture, atATime, root);
      try {
        // What the first sessions load and open stays.
        await Promise.all(Array.from({ length: atATime }, () => usualSession(server.address)));
        await allGone(server);
        const { descriptors, processes } = await usageOf(server);
        const cases = await inLanes(server, atATime, chance, more, visit);
        await usualSession(server.address);
        await allGone(server);
        await until(async () => (await usageOf(server)).descriptors <= descriptors, 'descriptors are left open');
        equal((await usageOf(server)).processes, processes, 'a process of the server has gone or come');
        await expectIdle(server.pid);
        equal(server.troubles.join('\n'), '');
        return cases;
      } finally {
        await server[Symbol.asyncDispose]();
        await rm(root, { recursive: true, force: true });
      }
    },
  };
}

async function start(architecture: string, workers: number, root: string): Promise<Server> {
  const passwordHash = await hashPassword('secret', { ln: 4, r: 8, p: 1 });
  return ServerInChild.start(architecture, {
    service: ftpServiceSpec({
      root,
      accounts: [{ name: 'tester', passwordHash, permissions: 'read-write', administrator: true }],
      anonymous: 'writable',
      logins: { failureDelayMs: 0 },
      timeouts: { loginMs: 2_000, idleMs: 2_000, dataConnectionMs: 300, stallMs: 500 },
      recursiveListingLimit: 100,
      brokenUploads: 'delete',
      tls: { identities: [identity], implicit: 'at-further-addresses', handshakeMs: 500 },
      log: { level: 'silent' },
    }),
    listen: { host: '127.0.0.1', port: 0 },
    alsoListen: [{ host: '127.0.0.1', port: 0 }],
    workers,
  });
}

async function inLanes(
  server: Server,
  lanes: number,
  chance: Chance,
  more: () => boolean,
  visit: Visit['visit'],
): Promise<number> {
  let ended = false;
  void server.ended.then(() => {
    ended = true;
  });
  let cases = 0;
  // Dice of its own for each, so that its course does not depend on when the others take their turn.
  const lane = async () => {
    while (more() && !ended) {
      cases += 1;
      await visit(new Chance(chance.below(2 ** 31)), server);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  ok(!ended, 'the server has ended');
  return cases;
}

async function usualSession(address: Endpoint): Promise<void> {
  const client = await ControlClient.login(address, 'tester', 'secret');
  try {
    await client.command('TYPE I');
    const name = `usual-${client.socket.localPort}`;
    equal((await client.upload(`STOR ${name}`, CONTENT)).last.code, 226);
    equal((await client.download(`RETR ${name}`)).octets.toString(), CONTENT);
    equal(await client.code(`DELE ${name}`), 250);
    equal(await client.code('QUIT'), 221);
    client.socket.end();
    await client.closed();
  } finally {
    client.close();
  }
}

function allGone(server: Server): Promise<void> {
  return until(async () => (await server.stats()).connected === 0, 'clients that have left are still connected');
}

async function until(holds: () => Promise<boolean>, otherwise: string): Promise<void> {
  const deadline = performance.now() + QUIET_MS;
  while (!(await holds())) {
    ok(performance.now() < deadline, otherwise);
    await delay(100);
  }
}

/** A tenth of a second of processor time in a quiet second is what a busy machine may take for keeping it going. */
async function expectIdle(pid: number): Promise<void> {
  const before = processorSecondsOf(pid);
  await delay(1_000);
  const taken = processorSecondsOf(pid) - before;
  ok(taken <= 0.1, `it took ${taken} s of the processor in a second in which nobody was there`);
}
