import type { CommandContext, Row } from '../command.ts';
import { formatFactList, parseFactList } from '../facts.ts';
import { HASH_ALGORITHMS, type HashAlgorithm } from '../hash-algorithms.ts';
import { type Reply, reply } from '../reply.ts';

/** How data is represented and moved (RFC 959 section 4.1.2), and OPTS (RFC 2389). Arguments are case-insensitive (W32). */
export const parameterCommands: readonly Row[] = [
  {
    verb: 'TYPE',
    syntax: '<SP> <type-code>',
    summary: 'sets the representation: A (text), I or L 8 (binary)',
    source: 'RFC 959 section 4.1.2',
    argument: 'required',
    access: 'logged-in',
    keepsPending: true,
    run: setType,
  },
  {
    verb: 'MODE',
    syntax: '<SP> <mode-code>',
    summary: 'sets the transfer mode: S (stream)',
    source: 'RFC 959 section 4.1.2',
    argument: 'required',
    access: 'logged-in',
    keepsPending: true,
    run: (_context, argument) =>
      choice(argument, { S: 'Mode is stream.' }, { B: 'block', C: 'compressed', Z: 'deflate' }),
  },
  {
    verb: 'STRU',
    syntax: '<SP> <structure-code>',
    summary: 'sets the file structure: F (file)',
    source: 'RFC 959 section 4.1.2',
    argument: 'required',
    access: 'logged-in',
    keepsPending: true,
    run: (_context, argument) => choice(argument, { F: 'Structure is file.' }, { R: 'record', P: 'page' }),
  },
  {
    verb: 'OPTS',
    syntax: '<SP> <command-name> [<SP> <command-options>]',
    summary: 'sets options of UTF8, MLST or HASH',
    source: 'RFC 2389 section 4',
    argument: 'required',
    access: 'anyone',
    keepsPending: true,
    feature: () => ['UTF8'],
    run: setOptions,
  },
];

const BINARY_TYPES = new Set(['I', 'I N', 'L 8']);
const TEXT_TYPES = new Set(['A', 'A N']);
/** TYPE codes that RFC 959 defines and that no client of today means: EBCDIC, print formats, other byte sizes. */
const OTHER_TYPES = /^(?:E(?: [NTC])?|A [TC]|L \d+)$/;

function setType({ session }: CommandContext, argument: string): Reply {
  const code = argument.toUpperCase();
  if (BINARY_TYPES.has(code)) {
    session.type = 'binary';
    return reply(200, 'Type is binary.');
  }
  if (TEXT_TYPES.has(code)) {
    session.type = 'ascii';
    return reply(200, 'Type is ASCII.');
  }
  return OTHER_TYPES.test(code) ? reply(504, 'Only types A, I and L 8 are served.') : reply(501, 'Unknown type.');
}

/** @param served codes with the text that confirms them. @param known codes of the RFC that are not served. */
function choice(argument: string, served: Record<string, string>, known: Record<string, string>): Reply {
  const code = argument.toUpperCase();
  if (Object.hasOwn(served, code)) return reply(200, served[code]!);
  return Object.hasOwn(known, code)
    ? reply(504, `The ${known[code]} form is not served.`)
    : reply(501, 'Unknown code.');
}

const OPTIONS: Record<string, (context: CommandContext, value: string) => Reply> = {
  UTF8: (_context, value) => {
    // Sent by Windows before it logs in. Names are always UTF-8 here, as RFC 2640 wants it.
    if (value === '' || value.toUpperCase() === 'ON') return reply(200, 'UTF-8 is always on.');
    return value.toUpperCase() === 'OFF' ? reply(504, 'UTF-8 cannot be switched off.') : reply(501, 'Use ON.');
  },
  MLST: ({ session }, value) => {
    session.facts = parseFactList(value);
    return reply(200, `MLST OPTS ${formatFactList(session.facts)}`.trimEnd());
  },
  HASH: ({ session }, value) => {
    const name = value.toUpperCase();
    if (name !== '') {
      if (!Object.hasOwn(HASH_ALGORITHMS, name)) return reply(504, 'Unknown algorithm.');
      session.hashAlgorithm = name as HashAlgorithm;
    }
    return reply(200, session.hashAlgorithm);
  },
};
OPTIONS['UTF-8'] = OPTIONS.UTF8!;

function setOptions(context: CommandContext, argument: string): Reply {
  const space = argument.indexOf(' ');
  const name = (space < 0 ? argument : argument.slice(0, space)).toUpperCase();
  const value = space < 0 ? '' : argument.slice(space + 1).trim();
  if (!Object.hasOwn(OPTIONS, name)) return reply(501, 'No options for that command.');
  return OPTIONS[name]!(context, value);
}
