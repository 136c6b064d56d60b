import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Endpoint } from 'ohai-ftpd';
import { describe, test } from 'vitest';
import { underFault } from './fault-table.ts';
import { ServerInChild } from './server-in-child.ts';
import { WordClient, wordService } from './word-client.ts';

/** Enough to start with, and not for the clients that come. */
const DESCRIPTORS = 48;
const CLIENTS = 60;

/** Where each is a new process or thread, which takes some as well. */
const FEW_CLIENTS = 14;

describe.runIf(process.platform === 'linux').concurrent('when descriptors run out', () => {
  test.for(underFault)(
    '$name goes on, and serves again when there are some',
    async (row, { expect, onTestFinished }) => {
      const options = {
        service: wordService(),
        listen: { host: '127.0.0.1', port: 0 },
        workers: 3,
        maxConnections: 12,
      };
      const server = await ServerInChild.start(row.name, options, DESCRIPTORS);
      onTestFinished(() => server[Symbol.asyncDispose]());
      const { address, port } = server.address;
      const crowdSize = row.standing || row.units === 'none' ? CLIENTS : FEW_CLIENTS;
      const crowd = await Promise.all(
        Array.from({ length: crowdSize }, async (): Promise<Socket> => {
          const socket = connect({ host: address, port });
          socket.on('error', () => {});
          await once(socket, 'connect');
          return socket;
        }),
      );
      // Those who hold all there are; others are cut, or wait.
      if (row.name === 'reactor')
        await expect.poll(() => server.troubles).toContainEqual(expect.stringContaining('EMFILE'));
      else await expect.poll(async () => (await server.stats()).connected).toBeGreaterThan(0);
      for (const socket of crowd) socket.destroy();

      await expect.poll(async () => (await server.stats()).connected).toBe(0);
      // The last units may not have given back all of theirs yet, and then a client is cut as the crowd was.
      await expect.poll(() => echoed(server)).toBe('served');
    },
  );
});

/** @returns what a new client hears; undefined when it is not served. */
async function echoed(server: { address: Endpoint }): Promise<string | undefined> {
  try {
    const client = await WordClient.connect(server.address);
    const heard = await client.echo('served');
    client.close();
    return heard;
  } catch {
    return undefined;
  }
}
