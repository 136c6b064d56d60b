import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { protectData } from '../../src/tls/data-protection.ts';
import { Handshakes } from '../../src/tls/handshakes.ts';
import { newTicketKeys } from '../../src/tls/ticket-keys.ts';
import { connectedPair } from '../support/connected-pair.ts';
import { identity } from '../support/test-server.ts';
import { protect, tlsVersions } from '../support/tls-client.ts';

const handshakes = new Handshakes({
  identities: [identity],
  strictServerName: false,
  minVersion: 'TLSv1.2',
  clientCertificates: 'ignore',
  handshakeMs: 5_000,
});

describe.each(tlsVersions)(
  'an upload over %s of which nobody reads before all of it has been sent',
  (_version, options) => {
    async function upload(octets: number, end: 'close_notify' | 'cut'): Promise<TLSSocket> {
      const { ours, theirs } = await connectedPair();
      const { socket, wire, handshake } = protect(theirs, options);
      const protectedSide = protectData(ours, handshakes, {
        direction: 'receive',
        ticketKeys: newTicketKeys(),
        unannouncedEnd: 'cut',
      });
      await handshake;
      socket.resume();
      await new Promise((resolve) => socket.write(Buffer.alloc(octets), resolve));
      await new Promise<void>((resolve) => {
        theirs.once('finish', resolve);
        if (end === 'cut') wire.cut('end');
        else socket.end();
      });
      const tls = await protectedSide;
      if (tls === 'unspoken') throw new Error('there was a handshake');
      onTestFinished(() => void tls.destroy());
      // Whatever has come by then, waits in one buffer or another.
      for (let turn = 0; turn < 20; turn++) await nextTurn();
      return tls;
    }

    async function lengthOf(tls: TLSSocket): Promise<number> {
      let length = 0;
      for await (const chunk of tls) {
        length += (chunk as Buffer).length;
        await nextTurn();
      }
      return length;
    }

    // Less than a buffer of Node holds, more than that, and both for its several versions.
    test.each([1_000, 20_000, 50_000, 80_000, 200_000])(
      'is whole behind a close_notify, with %d octets',
      async (octets) => {
        expect(await lengthOf(await upload(octets, 'close_notify'))).toBe(octets);
      },
    );

    test.each([1_000, 20_000, 50_000, 80_000, 200_000])('is cut without one, with %d octets', async (octets) => {
      await expect(upload(octets, 'cut').then(lengthOf)).rejects.toThrow('data connection broken');
    });
  },
);
