import type { ConnectionOptions } from 'node:tls';
import { onTestFinished } from 'vitest';
import { createFtpServer, type FtpServer, type FtpServerOptions, MemoryFileSystem } from '../../src/index.ts';
import { selfSigned } from '../../src/tls/self-signed.ts';
import { ControlClient } from './control-client.ts';

/** Everybody may do everything: what is tested is not who may log in. */
export const everybody: NonNullable<FtpServerOptions['authenticator']> = {
  authenticate: async ({ user, password }) =>
    password === 'secret'
      ? {
          name: user,
          home: '/',
          permissions: ['list', 'read', 'write', 'delete', 'rename', 'make-directory', 'change-metadata'],
        }
      : undefined,
};

/** Whom a client under TLS meets: `localhost`. */
export const identity = selfSigned(['localhost', '127.0.0.1']);

/** A server on a free port, with a storage in memory, that ends with the test. Login: anybody with `secret`. */
export async function startTestServer(options: FtpServerOptions = {}): Promise<FtpServer> {
  const server = createFtpServer({
    authenticator: everybody,
    ...(options.root === undefined && { fileSystem: new MemoryFileSystem() }),
    ...options,
  });
  await server.listen({ port: 0 });
  onTestFinished(() => server.close({ graceMs: 0 }));
  return server;
}

type TlsOptions = Partial<NonNullable<FtpServerOptions['tls']>>;

/** The same, with a certificate. */
export function startTlsServer(tls: TlsOptions = {}, options: FtpServerOptions = {}): Promise<FtpServer> {
  return startTestServer({ ...options, tls: { identities: [identity], ...tls } });
}

/** A client of `server` that has logged in, and is gone when the test ends. */
export async function loggedIn(server: Pick<FtpServer, 'address'>): Promise<ControlClient> {
  const client = await ControlClient.login(server.address);
  onTestFinished(() => client.close());
  return client;
}

/** A client of `server` that has been greeted, and is gone when the test ends. */
export async function greeted(server: Pick<FtpServer, 'address'>): Promise<ControlClient> {
  const client = await ControlClient.connect(server.address);
  onTestFinished(() => client.close());
  return client;
}

/** A client of `server` that has gone over to TLS, logged in and asked for PROT P, and is gone when the test ends. */
export async function protectedClient(
  server: Pick<FtpServer, 'address'>,
  options: ConnectionOptions = {},
): Promise<ControlClient> {
  const client = await ControlClient.loginProtected(server.address, options);
  onTestFinished(() => client.close());
  return client;
}
