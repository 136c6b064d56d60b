import { Duplex } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { HandshakeError, Handshakes } from '../../src/tls/handshakes.ts';
import type { PreparedServer } from '../../src/tls/prepared-server.ts';
import { selfSigned } from '../../src/tls/self-signed.ts';
import { newTicketKeys } from '../../src/tls/ticket-keys.ts';

const { made } = vi.hoisted(() => ({ made: { count: 0 } }));

vi.mock(import('../../src/tls/prepared-server.ts'), async (original) => {
  const actual = await original();
  return {
    PreparedServer: class extends actual.PreparedServer {
      constructor(...parameters: ConstructorParameters<typeof PreparedServer>) {
        super(...parameters);
        made.count += 1;
      }
    },
  };
});

function silent(): Duplex {
  return new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
}

/** As many handshakes under way at once, all of which come to nothing. */
async function crowd(handshakes: Handshakes, clients: number): Promise<void> {
  const connections = Array.from({ length: clients }, silent);
  const outcomes = connections.map((connection) => handshakes.perform(connection, newTicketKeys()));
  for (const connection of connections) connection.destroy();
  for (const outcome of outcomes) await expect(outcome).rejects.toThrow(HandshakeError);
}

test('a crowd that comes again finds what was made for it the first time', async () => {
  const handshakes = new Handshakes({
    identities: [selfSigned(['localhost'])],
    strictServerName: false,
    minVersion: 'TLSv1.2',
    clientCertificates: 'ignore',
    handshakeMs: 10_000,
  });
  await crowd(handshakes, 50);
  expect(made.count).toBe(50);
  await crowd(handshakes, 50);
  expect(made.count).toBe(50);
});
