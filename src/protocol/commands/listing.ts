import type { DirectoryEntry } from '../../storage/file-system.ts';
import { counted, send, sendEnd } from '../../transfer/send.ts';
import type { CommandContext, Row } from '../command.ts';
import { runTransfer } from '../data-transfer.ts';
import { DEFAULT_FACTS, formatFactLine, formatFacts, mlstFeature, needsStatus } from '../facts.ts';
import { formatListLine, formatNameLine, oneLine } from '../list-formats.ts';
import { type Begun, ReplyError, reply } from '../reply.ts';
import { resolvePath } from '../virtual-path.ts';
import { inOrder } from './list-order.ts';
import { type ListTarget, listTarget } from './list-target.ts';
import { recursively } from './recursive-listing.ts';
import { encodeParts } from './text-encoder.ts';

/** What is in a directory: for people (RFC 959 section 4.1.3) and for programs (RFC 3659 section 7). */
export const listingCommands: readonly Row[] = [
  {
    verb: 'LIST',
    syntax: '[<SP> [<switches> <SP>] <pathname>]',
    summary: 'lists a directory, a file or a wildcard as ls -l does',
    source: 'RFC 959 section 4.1.3',
    argument: 'optional',
    access: 'logged-in',
    permission: 'list',
    transfers: true,
    heavy: true,
    run: async (context, argument) => {
      const target = await prepare(context, argument);
      const now = Date.now();
      return sendListing(
        context,
        'LIST',
        target.path,
        lines(context, target, true, (entry) => formatListLine(entry, now)),
      );
    },
  },
  {
    verb: 'NLST',
    syntax: '[<SP> [<switches> <SP>] <pathname>]',
    summary: 'lists names only, one to a line',
    source: 'RFC 959 section 4.1.3',
    argument: 'optional',
    access: 'logged-in',
    permission: 'list',
    transfers: true,
    heavy: true,
    run: async (context, argument) => {
      const target = await prepare(context, argument);
      // A path that names what it lists comes back as it was given, so that RETR can use it (wire rule W22).
      const format = ({ name }: DirectoryEntry) => formatNameLine(target.prefix + name);
      const details = target.switches.byTime || target.switches.bySize;
      return sendListing(context, 'NLST', target.path, lines(context, target, details, format));
    },
  },
  {
    verb: 'MLSD',
    syntax: '[<SP> <pathname>]',
    summary: 'lists a directory with facts for programs',
    source: 'RFC 3659 section 7',
    argument: 'optional',
    access: 'logged-in',
    permission: 'list',
    transfers: true,
    heavy: true,
    // RFC 3659 section 7.8 has MLST stand for both; WinSCP looks for this line as well (wire rule W25).
    feature: () => ['MLSD'],
    run: machineList,
  },
  {
    verb: 'MLST',
    syntax: '[<SP> <pathname>]',
    summary: 'tells the facts of one file or directory',
    source: 'RFC 3659 section 7',
    argument: 'optional',
    access: 'logged-in',
    permission: 'list',
    feature: ({ session }) => [mlstFeature(session.facts ?? DEFAULT_FACTS)],
    run: async ({ session, storage, account }, argument) => {
      const path = resolvePath(session.directory, argument);
      const facts = formatFacts(await storage.stat(path), session.facts ?? DEFAULT_FACTS, account.permissions);
      return reply(250, 'Listing:', `${facts} ${oneLine(path)}`, 'End');
    },
  },
];

async function prepare(context: CommandContext, argument: string): Promise<ListTarget> {
  context.data.demandPrepared();
  const target = await listTarget(context, argument);
  if (target.switches.recursive && context.environment.settings.recursiveListingLimit === 0) {
    throw new ReplyError(504, 'Recursive listings are switched off.');
  }
  return target;
}

async function* lines(
  context: CommandContext,
  target: ListTarget,
  details: boolean,
  format: (entry: DirectoryEntry) => string,
): AsyncGenerator<string> {
  const { switches, kind, path } = target;
  if (switches.recursive && kind === 'directory') {
    yield* recursively(context, path, { switches, details, format });
    return;
  }
  for await (const entries of inOrder(target.entries({ details }), switches)) yield entries.map(format).join('');
}

async function machineList(context: CommandContext, argument: string): Promise<Begun> {
  const { session, storage, account, data } = context;
  data.demandPrepared();
  const path = resolvePath(session.directory, argument);
  const { type } = await storage.stat(path);
  if (type !== 'directory') throw new ReplyError(501, 'MLSD lists directories; use MLST for a file.');
  const facts = session.facts ?? DEFAULT_FACTS;
  const batches = storage.list(path, { details: needsStatus(facts) });
  async function* factLines(): AsyncGenerator<string> {
    for await (const entries of batches) {
      yield entries
        .map((entry) => formatFactLine(entry.name, entry.status ?? entry, facts, account.permissions))
        .join('');
    }
  }
  return sendListing(context, 'MLSD', path, factLines());
}

/** Listings end their lines with CRLF whatever the TYPE, and are never converted. */
function sendListing(context: CommandContext, verb: string, path: string, text: AsyncIterable<string>): Begun {
  return runTransfer(context, {
    verb,
    direction: 'send',
    path,
    opening: 'Opening data connection for the listing.',
    closing: 'Listing complete.',
    async move(socket, onMoved) {
      await send(counted(encodeParts(text), onMoved), socket);
      await sendEnd(socket);
    },
  });
}
