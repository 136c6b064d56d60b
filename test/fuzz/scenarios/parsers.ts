import { deepStrictEqual, equal, match, ok } from 'node:assert/strict';
import { parseCommandLine } from '../../../src/protocol/command-line.ts';
import { splitTwoPaths } from '../../../src/protocol/commands/two-paths.ts';
import { parseOctetCount } from '../../../src/protocol/decimal.ts';
import { FACTS, formatFactList, parseFactList } from '../../../src/protocol/facts.ts';
import {
  canonicalAddress,
  formatPassive,
  isPrivateAddress,
  parseExtendedHostPort,
  parseHostPort,
} from '../../../src/protocol/host-port.ts';
import { takeSwitches } from '../../../src/protocol/list-switches.ts';
import { ReplyError } from '../../../src/protocol/reply.ts';
import { formatTimeValue, parseTimeValue } from '../../../src/protocol/time-values.ts';
import { resolvePath } from '../../../src/protocol/virtual-path.ts';
import { compileWildcard, hasWildcard } from '../../../src/protocol/wildcard.ts';
import { decodeOctets, encodeOctets } from '../../../src/storage/octets.ts';
import type { Chance } from '../chance.ts';
import type { FuzzScenario } from '../scenario.ts';

const DIGITS = [
  '0',
  '1',
  '9',
  '00',
  '255',
  '256',
  '65535',
  '9007199254740991',
  '9007199254740992',
  '-',
  '+',
  '.',
  'e',
  ' ',
];
const ADDRESSES = [
  '127',
  '10',
  '::',
  ':',
  'ffff',
  '.',
  ',',
  '|',
  '1',
  '2',
  '0',
  '%eth0',
  '/',
  'x',
  ' ',
  '::ffff:127.0.0.1',
];
const PATHS = [
  '/',
  '..',
  '.',
  '...',
  '//',
  'a',
  '\\',
  'C:',
  '\0',
  '\r',
  ' ',
  '~',
  '%2e',
  '\ud800',
  '\udcff',
  'ü',
  '-la',
];
const WILD = ['*', '**', '?', '[', ']', '[!', '[^', '-', '\\', 'a', 'b', '.', '{a,b}', '\ud83d\ude00', '\udcff'];
const TIMES = ['1970', '2024', '0000', '9999', '02', '29', '12', '31', '23', '59', '60', '.', '.123', 'Z', '-', ' '];
const SWITCHES = ['-', '--', '-a', '-laR', '-tS', ' ', 'a', 'é', '-\u00e9'];

/** What holds of a parser whatever it is given. Each throws when it does not. */
const PROPERTIES: readonly ((chance: Chance) => void)[] = [
  function commandLine(chance) {
    const text = chance.text(['USER', 'xabc', 'RETR', ' ', '\t', 'é', '\u017f', '\r', 'X1234567'], 6);
    const command = parseCommandLine(text);
    if (command === undefined) return;
    match(command.verb, /^(?:[A-Z]{3,4}|X[A-Z0-9]{2,7})$/);
    ok(text.toUpperCase().startsWith(command.verb));
    ok(text.endsWith(command.argument));
  },
  function hostPort(chance) {
    const text = Array.from({ length: 5 + chance.below(3) }, () => chance.of(DIGITS.concat('10', '127', '4'))).join(
      ',',
    );
    const target = parseHostPort(text);
    if (target) equal(formatPassive(target.address, target.port), `(${text})`);
  },
  function extendedHostPort(chance) {
    const text = chance.oneIn(3)
      ? chance.text(ADDRESSES, 12)
      : `|${chance.of(['1', '2', '3', ''])}|${chance.text(ADDRESSES, 6)}|${chance.text(DIGITS, 2)}|`;
    const target = parseExtendedHostPort(text);
    if (target === undefined || target === 'unsupported-family') return;
    ok(Number.isInteger(target.port) && target.port >= 0 && target.port <= 65_535);
    equal(canonicalAddress(target.address), target.address);
    isPrivateAddress(target.address);
  },
  function addresses(chance) {
    const text = chance.text(ADDRESSES, 8);
    const canonical = canonicalAddress(text);
    equal(canonicalAddress(canonical), canonical);
    equal(isPrivateAddress(text), isPrivateAddress(canonical));
  },
  function octetCount(chance) {
    const text = chance.text(DIGITS, 4);
    const count = parseOctetCount(text);
    equal(count !== undefined, /^[0-9]+$/.test(text) && BigInt(text) <= BigInt(Number.MAX_SAFE_INTEGER));
    if (count !== undefined) equal(BigInt(count), BigInt(text));
  },
  function switches(chance) {
    const text = chance.text(SWITCHES, 8);
    const { rest } = takeSwitches(text);
    ok(text.endsWith(rest));
    // Only words that begin with a dash were taken.
    for (const word of text
      .slice(0, text.length - rest.length)
      .split(' ')
      .slice(0, -1))
      ok(word.startsWith('-'), word);
  },
  function virtualPath(chance) {
    const directory = resolvePath('/', chance.text(PATHS, 4).replaceAll(/[\0\r\n]/g, ''));
    const argument = chance.text(PATHS, 12);
    const path = refused(() => resolvePath(directory, argument));
    equal(path === undefined, /[\0\r\n]/.test(argument));
    if (path === undefined) return;
    ok(path.startsWith('/'));
    ok(path === '/' || !path.endsWith('/'));
    for (const segment of path.split('/').slice(path === '/' ? 2 : 1)) ok(!['', '.', '..'].includes(segment), path);
    equal(resolvePath('/anywhere', path), path);
  },
  function wildcard(chance) {
    const pattern = chance.text(WILD, 30);
    const started = performance.now();
    const matches = compileWildcard(pattern);
    const name = chance.text(['a', 'b', '.', ']', '-', '\ud83d\ude00'], 60);
    const matched = matches(name);
    if (!hasWildcard(pattern)) equal(matched, name === pattern.replaceAll(/\\([\s\S])/gu, '$1'), `${pattern} ${name}`);
    // Linear in the length of each: far below this.
    ok(performance.now() - started < 1_000, pattern);
  },
  function twoPaths(chance) {
    for (const { first, second } of splitTwoPaths(chance.text(['a', ' ', '"', '""', '/', '\\'], 12))) {
      ok(first !== '' && second !== '');
    }
  },
  function timeValue(chance) {
    const text = chance.text(TIMES, 8);
    const ms = parseTimeValue(text);
    if (ms === undefined) return;
    match(text, /^[0-9]{14}(?:\.[0-9]+)?$/);
    if (text.slice(12, 14) !== '60') equal(formatTimeValue(ms), text.slice(0, 14));
  },
  function facts(chance) {
    const list = parseFactList(chance.text(['type', 'SIZE', ';', ';;', 'unix.mode', ' ', '='], 8));
    ok(list.every((fact) => FACTS.includes(fact)));
    deepStrictEqual(parseFactList(formatFactList(list)), list);
  },
  function octets(chance) {
    const bytes = chance.octets(40);
    deepStrictEqual(encodeOctets(decodeOctets(bytes)), bytes);
  },
];

function refused<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ReplyError) return undefined;
    throw error;
  }
}

export const parsers: FuzzScenario = {
  title: 'S12, S18: the parsers of what clients send hold what they promise, whatever they get',
  weight: 1,
  async run(chance, more) {
    let cases = 0;
    for (; more(); cases++) {
      const property = PROPERTIES[cases % PROPERTIES.length]!;
      try {
        property(chance);
      } catch (cause) {
        throw new Error(`${property.name}, case ${cases}: ${(cause as Error).message}`, { cause });
      }
    }
    return cases;
  },
};
