import { setImmediate as nextTurn } from 'node:timers/promises';
import { serveRequest } from '../../src/protocol/serve-request.ts';
import type { FtpServiceParts } from '../../src/services/ftp.ts';
import { newRateLimit } from '../../src/services/ftp-rates.ts';
import { storageByHome } from '../../src/services/ftp-storage.ts';

type FtpServiceModule = typeof import('../../src/services/ftp.ts');
type RequestPool = NonNullable<FtpServiceParts['requests']>;

/**
 * A pool whose threads are this one: everything passes through clones and a MessagePort, as between threads, and storages
 * and authenticators of tests can be used all the same. Descriptors belong to the process anyway.
 */
export function inProcessRequests(
  which: RequestPool['which'],
  {
    settings,
    authenticator,
    fileSystem,
    log,
  }: Pick<FtpServiceParts, 'settings' | 'authenticator' | 'fileSystem' | 'log'>,
): RequestPool {
  const environment = { settings, authenticator, storageFor: storageByHome(fileSystem), newRateLimit, log };
  return {
    which,
    async run(request, port) {
      const cloned = structuredClone(request);
      // A thread never begins before the loop has gone on.
      await nextTurn();
      await serveRequest(cloned, port, environment);
    },
  };
}

/** The module with a service whose commands are run by such a pool. */
export function withRequests(which: RequestPool['which'], module: FtpServiceModule): FtpServiceModule {
  class FtpService extends module.FtpService {
    constructor(parts: FtpServiceParts) {
      super({ ...parts, requests: inProcessRequests(which, parts) });
    }
  }
  return { ...module, FtpService };
}
