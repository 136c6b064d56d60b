import { readChunks } from '../../transfer/send.ts';
import type { CommandContext, Row } from '../command.ts';
import { parseOctetCount } from '../decimal.ts';
import { newDigest } from '../digest.ts';
import { HASH_ALGORITHMS, type HashAlgorithm } from '../hash-algorithms.ts';
import { ReplyError, reply } from '../reply.ts';
import { digestOfUpload } from '../upload-digest.ts';
import { resolvePath } from '../virtual-path.ts';

/** Digests of files, to compare without moving them (draft-bryan-ftpext-hash-02, and the X-forms that came before it). */
export const hashCommands: readonly Row[] = [
  {
    verb: 'HASH',
    syntax: '<SP> <pathname>',
    summary: 'tells the digest of a file or of its RANG; OPTS HASH chooses the algorithm',
    source: 'draft-bryan-ftpext-hash-02',
    argument: 'required',
    access: 'logged-in',
    permission: 'read',
    heavy: true,
    feature: ({ session }) => [
      `HASH ${Object.keys(HASH_ALGORITHMS)
        .map((name) => (name === session.hashAlgorithm ? `${name}*` : name))
        .join(';')}`,
    ],
    run: async (context, pathname) => {
      const { hashAlgorithm } = context.session;
      const { digest, first, last } = await digestOf(context, pathname, hashAlgorithm, context.pending.range);
      return reply(213, `${hashAlgorithm} ${first}-${last} ${digest} ${pathname}`);
    },
  },
  digestCommand('XCRC', 'CRC32'),
  digestCommand('XMD5', 'MD5'),
  digestCommand('XSHA', 'SHA-1', ['XSHA1']),
  digestCommand('XSHA256', 'SHA-256'),
  digestCommand('XSHA512', 'SHA-512'),
];

function digestCommand(verb: string, algorithm: HashAlgorithm, aliases: readonly string[] = []): Row {
  return {
    verb,
    aliases,
    syntax: '<SP> <pathname> [<SP> <first-octet> [<SP> <end-octet>]]',
    summary: `tells the ${algorithm} digest of a file or a part of it`,
    source: 'draft-twine-ftpmd5-00 and its relatives',
    argument: 'required',
    access: 'logged-in',
    permission: 'read',
    heavy: true,
    feature: () => [verb, ...aliases],
    run: async (context, argument) => {
      const { pathname, range } = await splitRange(context, argument);
      const { digest } = await digestOf(context, pathname, algorithm, range);
      return reply(250, digest.toUpperCase());
    },
  };
}

interface Range {
  readonly first: number;
  readonly last: number;
}

/** The name may be quoted; a name that exists is not searched for numbers. */
async function splitRange(context: CommandContext, argument: string): Promise<{ pathname: string; range?: Range }> {
  const { session, storage } = context;
  const quoted = /^"(.+)"((?: \d+){0,2})$/.exec(argument);
  const bare = /^(.+?)((?: \d+){1,2})$/.exec(argument);
  const match = quoted ?? bare;
  if (!match) return { pathname: argument };
  if (!quoted) {
    const literal = await storage.stat(resolvePath(session.directory, argument)).catch(() => undefined);
    if (literal) return { pathname: argument };
  }
  const [, pathname, numbers] = match as unknown as [string, string, string];
  if (numbers === '') return { pathname };
  const [first = 0, end = Number.MAX_SAFE_INTEGER] = numbers.trim().split(' ').map(octetCount);
  const last = end - 1;
  if (last < first) throw new ReplyError(501, 'The range ends before it begins.');
  return { pathname, range: { first, last } };
}

function octetCount(digits: string): number {
  const count = parseOctetCount(digits);
  if (count === undefined) throw new ReplyError(501, 'No file has that many octets.');
  return count;
}

async function digestOf(context: CommandContext, pathname: string, algorithm: HashAlgorithm, range?: Range) {
  const { session, storage } = context;
  const path = resolvePath(session.directory, pathname);
  const first = range?.first ?? 0;
  await using file = await storage.read(path, { start: first });
  const end = Math.min(range ? range.last + 1 : file.size, file.size);
  const told = { first, last: Math.max(first, end - 1) };
  const whole = first === 0 && end === file.size;
  const known = whole ? await digestOfUpload(context, path, algorithm) : undefined;
  return { ...told, digest: known ?? (await computed(context, readChunks(file, Math.max(0, end - first)), algorithm)) };
}

async function computed(context: CommandContext, chunks: AsyncIterable<Uint8Array>, algorithm: HashAlgorithm) {
  const digest = newDigest(algorithm);
  // Chunk by chunk with a read in between: other clients are served while a large file is hashed.
  for await (const chunk of chunks) {
    if (context.interruption.aborted) throw new ReplyError(426, 'Aborted.');
    digest.update(chunk);
  }
  return digest.hex();
}
