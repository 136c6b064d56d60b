import type { ServiceSpec } from '../runtime/service.ts';
import type { CheckedFtpServiceOptions } from './ftp-options.ts';

/** Said to clients that are not let in (RFC 959 section 4.2.1: 421 may be the reply to any command, and to the connect). */
const REFUSALS = {
  'too-many': '421 Too many connections; try again later.\r\n',
  'too-many-of-address': '421 Too many connections from your address.\r\n',
  banned: '421 Too many failed logins from your address; try again later.\r\n',
} as const;

/** Where a handshake is to come first, a word in the clear would be none (security rule S2): who is not let in hears nothing. */
export function refusalsOf({
  tls,
}: Pick<CheckedFtpServiceOptions, 'tls'>): Pick<ServiceSpec, 'refusals' | 'refusalsElsewhere'> {
  const implicit = tls?.implicit ?? 'nowhere';
  return {
    refusals: implicit === 'everywhere' ? {} : REFUSALS,
    ...(implicit !== 'nowhere' && { refusalsElsewhere: {} }),
  };
}
