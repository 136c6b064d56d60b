import { isMainThread, threadId } from 'node:worker_threads';
import type { ProtocolSettings } from '../protocol/environment.ts';
// Types only: units get options that are checked already, and are spared loading what checks them.
import type { CheckedFtpServiceOptions } from './ftp-options.ts';
import { SOFTWARE } from './software.ts';

/** The part of the options that the protocol itself knows, for a session served in this process and thread. */
export function protocolSettings(options: CheckedFtpServiceOptions): ProtocolSettings {
  const { greeting, architecture, timeouts, logins, passive } = options;
  const { asciiConversion, asciiSizeLimit, recursiveListingLimit, hostNames, maxBytesPerSecond } = options;
  return {
    greeting,
    software: SOFTWARE,
    servedBy: `${architecture}, process ${process.pid}${isMainThread ? '' : `, thread ${threadId}`}`,
    timeouts,
    logins,
    maxBytesPerSecond,
    ...(passive.host !== undefined && { passiveHost: passive.host }),
    asciiConversion,
    asciiSizeLimit,
    recursiveListingLimit,
    hostNames,
  };
}
