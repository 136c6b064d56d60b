import { isMainThread, threadId } from 'node:worker_threads';
import type { ProtocolSettings, TlsPolicy } from '../protocol/environment.ts';
import { Handshakes } from '../tls/handshakes.ts';
// Types only: units get options that are checked already, and are spared loading what checks them.
import type { CheckedFtpServiceOptions } from './ftp-options.ts';
import { SOFTWARE } from './software.ts';

/** The part of the options that the protocol itself knows, for a session served in this process and thread. */
export function protocolSettings(options: CheckedFtpServiceOptions): ProtocolSettings {
  const { greeting, architecture, timeouts, logins, passive, tls } = options;
  const { asciiConversion, asciiSizeLimit, recursiveListingLimit, hostNames, maxBytesPerSecond } = options;
  return {
    greeting,
    software: SOFTWARE,
    servedBy: `${architecture}, process ${process.pid}${isMainThread ? '' : `, thread ${threadId}`}`,
    timeouts,
    logins,
    ...(tls && { tls: policyOf(tls) }),
    maxBytesPerSecond,
    ...(passive.host !== undefined && { passiveHost: passive.host }),
    asciiConversion,
    asciiSizeLimit,
    recursiveListingLimit,
    hostNames,
  };
}

type CheckedTls = NonNullable<CheckedFtpServiceOptions['tls']>;

function policyOf({ required, dataResumption, unannouncedEnd }: CheckedTls): TlsPolicy {
  return { required, dataResumption, unannouncedEnd };
}

/** What makes the handshakes of this process and thread; undefined without certificates. */
export function handshakesOf({ tls }: CheckedFtpServiceOptions): Handshakes | undefined {
  return tls && new Handshakes(tls);
}
