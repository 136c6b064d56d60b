import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { selfSigned } from '../../src/tls/self-signed.ts';

const DAY_MS = 86_400_000;

const NAMES = ['localhost', 'ftp.example.org', '127.0.0.1', '::1', '2001:db8::5:0:1'];

function certificateFor(names: readonly string[], now?: number): X509Certificate {
  return new X509Certificate(selfSigned(names, now).certificate);
}

test('a self-signed certificate is for each of its names and addresses, and for no other one', () => {
  const certificate = certificateFor(NAMES);
  expect(certificate.subject).toBe('CN=localhost');
  for (const name of ['localhost', 'ftp.example.org']) expect(certificate.checkHost(name)).toBe(name);
  for (const address of NAMES.slice(2)) expect(certificate.checkIP(address)).toBe(address);
  expect(certificate.checkHost('example.org')).toBeUndefined();
  expect(certificate.checkIP('127.0.0.2')).toBeUndefined();
});

test('it is signed by the key that comes with it, and by nobody else', () => {
  const certificate = certificateFor(NAMES);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.verify(certificateFor(NAMES).publicKey)).toBe(false);
  expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
});

// The year 2050 is where RFC 5280 changes the form of the date.
test.each(['2026-11-27T12:00:00Z', '2049-06-01T00:00:00Z', '2050-01-01T00:00:00Z'])(
  'made at %s, it is valid from the day before for a year',
  (date) => {
    const now = Date.parse(date);
    const { validFrom, validTo } = certificateFor(NAMES, now);
    expect([Date.parse(validFrom), Date.parse(validTo)]).toEqual([now - DAY_MS, now + 365 * DAY_MS]);
  },
);

test('no two have the same serial number', () => {
  const serials = Array.from({ length: 20 }, () => certificateFor(['localhost']).serialNumber);
  expect(new Set(serials)).toHaveLength(20);
});

test('a client that trusts it accepts a server that shows it', async () => {
  const { certificate, key } = selfSigned(NAMES);
  const server = createServer({ cert: certificate, key }, (socket) => socket.end()).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client: TLSSocket = connect({ host: '127.0.0.1', port, servername: 'ftp.example.org', ca: certificate });
  onTestFinished(() => void client.destroy());
  await once(client, 'secureConnect');
  expect(client.authorized).toBe(true);
});
