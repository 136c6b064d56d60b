import { verifyPasswordInThisThread } from '../accounts/password-hash.ts';
import { serveRequest } from '../protocol/serve-request.ts';
import type { JsonValue, RequestWorker } from '../runtime/service.ts';
import { buildAuthenticator } from './ftp-accounts.ts';
import type { CheckedFtpServiceOptions } from './ftp-options.ts';
import { newRateLimit } from './ftp-rates.ts';
import { handshakesOf, protocolSettings } from './ftp-settings.ts';
import { ownDisk, storageByHome } from './ftp-storage.ts';
import { createLog } from './log.ts';

/** What runs commands in a thread of a pool, for an FTP service whose clients are connected elsewhere. */
export async function createRequestWorker(options: JsonValue): Promise<RequestWorker> {
  const checked = options as unknown as CheckedFtpServiceOptions;
  const log = createLog(checked.log);
  // Runs one request at a time: to be busy with a password keeps nobody waiting.
  const authenticator = await buildAuthenticator(checked, log, { verify: verifyPasswordInThisThread });
  const { fileSystem, dispose } = ownDisk(checked);
  const handshakes = handshakesOf(checked);
  const environment = {
    settings: protocolSettings(checked),
    authenticator,
    storageFor: storageByHome(fileSystem),
    newRateLimit,
    log,
    ...(handshakes && { handshakes }),
  };
  return {
    run: (request, port) => serveRequest(request, port, environment),
    [Symbol.asyncDispose]: async () => dispose(),
  };
}
