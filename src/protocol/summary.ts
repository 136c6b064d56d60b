import type { SessionSummary } from './environment.ts';
import type { Session } from './session.ts';

/** What events tell of the session that caused them. */
export function summaryOf({ id, client, login }: Session): SessionSummary {
  return { id, address: client.address, ...(login.state !== 'stranger' && { user: login.user }) };
}
