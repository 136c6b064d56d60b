/** Ways to say the same thing, for servers that do not know the first of them. */
import type { FtpReply } from '../../client/reply-reader.ts';
import { OperationError } from '../operation-error.ts';

export interface PassiveCommand {
  readonly line: string;
  readonly code: number;
  /** The port to connect to: always at the address of the control connection, whatever the reply says. */
  port(reply: FtpReply): number;
}

export interface ListCommand {
  readonly verb: string;
  count(listing: Buffer): number;
}

const PASSIVE: readonly PassiveCommand[] = [
  { line: 'EPSV\r\n', code: 229, port: (reply) => demandPort(/\(\|\|\|(\d{1,5})\|\)/.exec(reply.lines[0]!)?.[1]) },
  { line: 'PASV\r\n', code: 227, port: passivePort },
];

const LIST: readonly ListCommand[] = [
  // The folder itself, and the one above it, are no entries of it (RFC 3659 section 7.5.1).
  {
    verb: 'MLSD',
    count: (listing) => linesIn(listing) - countOf(listing, 'ype=cdir;') - countOf(listing, 'ype=pdir;'),
  },
  // Not NLST, which asks the file system for nothing but names. Some begin as ls(1) does: `total 0`.
  { verb: 'LIST', count: (listing) => linesIn(listing) - (listing.indexOf('total ') === 0 ? 1 : 0) },
];

/** 500, 501, 502, 504: the command is not known, or not so. */
const NOT_KNOWN = [500, 501, 502, 504];

/** What a server is spoken to with: found out once, by the first client that is refused. */
export class Dialect {
  #passive = 0;
  #list = 0;

  get passive(): PassiveCommand {
    return PASSIVE[this.#passive]!;
  }

  get list(): ListCommand {
    return LIST[this.#list]!;
  }

  /** @returns whether there is another way than the one that got this reply; another client may have found it by now. */
  refused(command: PassiveCommand | ListCommand, { code }: FtpReply): boolean {
    if (!NOT_KNOWN.includes(code)) return false;
    if (command === this.passive && this.#passive + 1 < PASSIVE.length) this.#passive += 1;
    if (command === this.list && this.#list + 1 < LIST.length) this.#list += 1;
    return command !== this.passive && command !== this.list;
  }
}

function passivePort({ lines }: FtpReply): number {
  const [, high, low] = /,(\d{1,3}),(\d{1,3})\D*$/.exec(lines[0]!) ?? [];
  return demandPort(Number(high) * 256 + Number(low));
}

function demandPort(digits: string | number | undefined): number {
  const port = Number(digits);
  if (!(port >= 1 && port <= 65_535)) throw new OperationError('no passive port in the reply');
  return port;
}

function linesIn(listing: Buffer): number {
  let lines = 0;
  for (let at = listing.indexOf(0x0a); at !== -1; at = listing.indexOf(0x0a, at + 1)) lines += 1;
  return lines;
}

function countOf(listing: Buffer, text: string): number {
  let count = 0;
  for (let at = listing.indexOf(text); at !== -1; at = listing.indexOf(text, at + text.length)) count += 1;
  return count;
}
