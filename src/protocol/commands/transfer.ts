import { encodeLines } from '../../transfer/ascii.ts';
import { counted, readChunks, send, sendChunks, sendEnd } from '../../transfer/send.ts';
import { canSendFile, sendFile } from '../../transfer/send-file.ts';
import { throttled } from '../../transfer/throttle.ts';
import type { CommandContext, Row } from '../command.ts';
import { converts } from '../conversion.ts';
import { runTransfer } from '../data-transfer.ts';
import { parseOctetCount } from '../decimal.ts';
import { rateLimits } from '../rates.ts';
import { type Begun, type Reply, ReplyError, reply } from '../reply.ts';
import { resolvePath } from '../virtual-path.ts';
import { append, store, storeUnique } from './upload.ts';

/** Moving files (RFC 959 section 4.1.3), where to start (RFC 3659 section 5), and how to stop. */
export const transferCommands: readonly Row[] = [
  {
    verb: 'RETR',
    syntax: '<SP> <pathname>',
    summary: 'sends a file to the client',
    source: 'RFC 959 section 4.1.3',
    argument: 'required',
    access: 'logged-in',
    permission: 'read',
    transfers: true,
    heavy: converts,
    run: retrieve,
  },
  {
    verb: 'STOR',
    syntax: '<SP> <pathname>',
    summary: 'stores a file; replaces one of that name when all of it has come',
    source: 'RFC 959 section 4.1.3',
    argument: 'required',
    access: 'logged-in',
    permission: 'write',
    transfers: true,
    heavy: converts,
    run: store,
  },
  {
    verb: 'STOU',
    syntax: '[<SP> <pathname>]',
    summary: 'stores a file under a name that is not taken, and tells it',
    source: 'RFC 959 section 4.1.3, RFC 1123 section 4.1.2.9',
    argument: 'optional',
    access: 'logged-in',
    permission: 'write',
    transfers: true,
    heavy: converts,
    run: storeUnique,
  },
  {
    verb: 'APPE',
    syntax: '<SP> <pathname>',
    summary: 'appends to a file, or makes it',
    source: 'RFC 959 section 4.1.3',
    argument: 'required',
    access: 'logged-in',
    permission: 'write',
    transfers: true,
    heavy: converts,
    run: append,
  },
  {
    verb: 'ALLO',
    syntax: '<SP> <octets> [<SP> R <SP> <octets>]',
    summary: 'announces the size of the next upload',
    source: 'RFC 959 section 4.1.3',
    argument: 'required',
    access: 'logged-in',
    keepsPending: true,
    run: ({ session }, argument) => {
      const match = /^(\d+)(?: R \d+)?$/i.exec(argument);
      const octets = match ? parseOctetCount(match[1]!) : undefined;
      if (octets === undefined) return reply(501, 'Syntax: ALLO <octets>');
      session.pending = { ...session.pending, announcedSize: octets };
      return reply(200, 'Noted; space is checked when the upload begins.');
    },
  },
  {
    verb: 'REST',
    syntax: '<SP> <octets>',
    summary: 'sets where the next transfer starts',
    source: 'RFC 3659 section 5',
    argument: 'required',
    access: 'logged-in',
    keepsPending: true,
    feature: () => ['REST STREAM'],
    run: ({ session, environment }, argument) => {
      const offset = parseOctetCount(argument);
      if (offset === undefined) return reply(501, 'Syntax: REST <octets>');
      if (offset > 0 && converts({ session, environment })) {
        return reply(504, 'A restart position means nothing in TYPE A; use TYPE I.');
      }
      session.pending = { ...session.pending, restartAt: offset, range: undefined };
      return reply(350, `Restarting at ${offset}.`);
    },
  },
  {
    verb: 'RANG',
    syntax: '<SP> <first-octet> <SP> <last-octet>',
    summary: 'limits the next RETR or HASH to a range, both ends included; RANG 1 0 takes it back',
    source: 'draft-bryan-ftp-range-08',
    argument: 'required',
    access: 'logged-in',
    keepsPending: true,
    feature: () => ['RANG STREAM'],
    run: setRange,
  },
  {
    verb: 'ABOR',
    syntax: '',
    summary: 'ends the running transfer',
    source: 'RFC 959 section 4.1.3',
    argument: 'none',
    access: 'logged-in',
    // The transfer has been ended, and has had its 426, before this runs.
    duringTransfer: 'abort',
    run: ({ data }) => {
      const wasActive = data.active;
      data.close();
      return wasActive ? reply(226, 'Data connection closed.') : reply(226, 'Nothing is being transferred now.');
    },
  },
];

async function retrieve(context: CommandContext, argument: string): Promise<Begun> {
  const { session, storage, data, pending } = context;
  data.demandPrepared();
  const path = resolvePath(session.directory, argument);
  const start = pending.range?.first ?? pending.restartAt;
  const text = converts(context);
  if (text && start > 0) throw new ReplyError(504, 'Ranges mean nothing in TYPE A; use TYPE I.');

  const file = await storage.read(path, { start });
  const end = pending.range ? Math.min(pending.range.last + 1, file.size) : file.size;
  const length = Math.max(0, end - start);
  return runTransfer(context, {
    verb: 'RETR',
    direction: 'send',
    path,
    // The size, as curl and ftplib read it from here; never where conversion makes it wrong (wire rule W3).
    opening: text ? 'Opening ASCII data connection.' : `Opening BINARY data connection (${length} bytes).`,
    total: length,
    async move(socket, onMoved) {
      const limits = rateLimits(context);
      if (!text && limits.length === 0) {
        if (canSendFile(file, socket)) await sendFile(file, socket, length, onMoved);
        else await sendChunks(file, socket, length, onMoved);
      } else {
        const throttle = { limits, socket, signal: context.interruption.signal };
        const chunks = counted(throttled(readChunks(file, length), throttle), onMoved);
        await send(text ? encodeLines(chunks) : chunks, socket);
      }
      await sendEnd(socket);
    },
    async finish(bytes, durationMs) {
      await file.close();
      context.emit({ type: 'download', path, bytes, durationMs });
    },
    cancel: () => file.close(),
  });
}

function setRange({ session, environment }: CommandContext, argument: string): Reply {
  const [first, last, ...rest] = argument.split(' ').map(parseOctetCount);
  if (first === undefined || last === undefined || rest.length > 0) return reply(501, 'Syntax: RANG <first> <last>');
  if (first === 1 && last === 0) {
    session.pending = { ...session.pending, range: undefined };
    return reply(350, 'Range taken back.');
  }
  if (first > last) return reply(501, 'The range ends before it begins.');
  if (converts({ session, environment })) return reply(504, 'A range means nothing in TYPE A; use TYPE I.');
  session.pending = { ...session.pending, restartAt: 0, range: { first, last } };
  return reply(350, `Range ${first}-${last}.`);
}
