import type { CommandContext } from '../command.ts';
import { formatListLine } from '../list-formats.ts';
import type { Presence } from '../presences.ts';
import { type Reply, reply } from '../reply.ts';
import type { RunningTransfer, Session } from '../session.ts';
import { type ListTarget, listTarget } from './list-target.ts';

/** A longer answer belongs on a data connection. */
const STAT_ENTRIES = 1_000;

/** STAT without an argument: also while a transfer runs (RFC 959 section 4.1.3). */
export function statusOfSession({ session, environment }: CommandContext): Reply {
  const { software, servedBy } = environment.settings;
  return reply(
    211,
    `${software.name} ${software.version} status:`,
    `Connected from ${session.client.address}, port ${session.client.port}`,
    `Served by ${servedBy}`,
    session.login.state === 'logged-in' ? `Logged in as ${session.login.user}` : 'Not logged in',
    `TYPE: ${session.type === 'ascii' ? 'ASCII' : 'Image'}, STRU: File, MODE: Stream`,
    session.transfer ? transferLine(session.transfer) : 'No data connection',
    `Session started ${seconds(Date.now() - session.startedMs)} ago`,
    'End of status',
  );
}

function transferLine({ verb, path, moved, total, startedMs }: RunningTransfer): string {
  const of = total === undefined ? '' : ` of ${total}`;
  return `${verb} ${path}: ${moved}${of} bytes in ${seconds(Date.now() - startedMs)}`;
}

export function seconds(ms: number): string {
  return `${Math.floor(ms / 1000)} s`;
}

/** STAT with a path: a listing over the control connection, for clients behind walls that let no data connection pass. */
export async function statusOfPath(context: CommandContext, argument: string): Promise<Reply> {
  const target: ListTarget = await listTarget(context, argument);
  const lines: string[] = [];
  const now = Date.now();
  collecting: for await (const entries of target.entries({ details: true })) {
    for (const entry of entries) {
      if (lines.length === STAT_ENTRIES) {
        lines.push('… and more; use LIST or MLSD');
        break collecting;
      }
      lines.push(formatListLine(entry, now).slice(0, -2));
    }
  }
  return reply(213, `Status of ${target.shown}:`, ...lines, 'End of status');
}

/** One line on a session for SITE WHO. */
export function presenceLine({ id, user = '(not logged in)', address, activity, place }: Presence): string {
  const where = `process ${place.process}${place.thread === undefined ? '' : `, thread ${place.thread}`}`;
  return `${id} ${user} ${address} ${activity ?? 'does not answer'} (${where})`;
}

/** What a client does at this moment. */
export function activityOf(session: Session, now: number): string {
  return session.transfer ? transferLine(session.transfer) : `idle for ${seconds(now - session.lastCommandMs)}`;
}
