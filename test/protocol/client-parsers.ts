/**
 * How well-known clients read replies and listings: each function does what the named client's own code does, so that a
 * reply which passes here is one that the client understands.
 */
import { parseEpsvResponse, parsePasvResponse } from 'basic-ftp/dist/transfer.js';

interface Address {
  readonly host: string;
  readonly port: number;
}

function address(numbers: readonly (string | number)[] | undefined | null): Address | undefined {
  if (!numbers) return undefined;
  return { host: numbers.slice(0, 4).join('.'), port: Number(numbers[4]) * 256 + Number(numbers[5]) };
}

/** The address in a 227. */
export const passiveParsers: Record<string, (line: string) => Address | undefined> = {
  // lib/ftp.c, ftp_state_pasv_resp: the first six numbers with commas between them, wherever they stand.
  curl: (line) => address(/(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})/.exec(line.slice(4))?.slice(1)),
  // Lib/ftplib.py, parse227.
  ftplib: (line) => address(/(\d+),(\d+),(\d+),(\d+),(\d+),(\d+)/.exec(line)?.slice(1)),
  // ftp.go, pasv: what stands between the first and the last parenthesis.
  jlaffaye: (line) =>
    address(
      line
        .slice(line.indexOf('(') + 1, line.lastIndexOf(')'))
        .split(',')
        .map(Number),
    ),
  'basic-ftp': (line) => parsePasvResponse(line),
};

/** The port in a 229. */
export const extendedPassiveParsers: Record<string, (line: string) => number> = {
  // lib/ftp.c, ftp_state_pasv_resp: behind the first parenthesis a separator three times, digits, the separator.
  curl: (line) => Number(/^[^(]*\((.)\1\1(\d+)\1/.exec(line)?.[2]),
  // Lib/ftplib.py, parse229: five parts between the first parenthesis and the next one.
  ftplib: (line) => {
    const left = line.indexOf('(');
    const inside = line.slice(left + 1, line.indexOf(')', left + 1));
    const parts = inside.split(inside[0]!);
    return inside[0] === inside.at(-1) && parts.length === 5 ? Number(parts[3]) : Number.NaN;
  },
  // ftp.go, epsv.
  jlaffaye: (line) => Number(line.slice(line.indexOf('|||') + 3, line.lastIndexOf('|'))),
  'basic-ftp': (line) => parseEpsvResponse(line),
};

/** The number of octets in a 150, or undefined. */
export const openingParsers: Record<string, (line: string) => number | undefined> = {
  // lib/ftp.c, ftp_state_get_resp: back from the first ` bytes` over digits to a parenthesis.
  curl: (line) => numberOf(/\((\d+)$/.exec(line.slice(0, Math.max(0, line.indexOf(' bytes'))))?.[1]),
  // Lib/ftplib.py, parse150.
  ftplib: (line) => numberOf(/^150 .* \((\d+) bytes\)/i.exec(line)?.[1]),
};

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

/** The directory in a 257. */
export const directoryParsers: Record<string, (line: string) => string | undefined> = {
  // lib/ftp.c, ftp_pwd_resp: from the first quote on, doubled ones halved, up to a single one.
  curl: (line) => /"((?:[^"]|"")*)"(?!")/.exec(line)?.[1]?.replaceAll('""', '"'),
  // Lib/ftplib.py, parse257: the quote must follow the code and one space.
  ftplib: (line) => /^257 "((?:[^"]|"")*)"(?!")/.exec(line)?.[1]?.replaceAll('""', '"'),
};

/** jlaffaye/ftp, CurrentDir: from the first quote to the last one, and doubled ones stay doubled. */
export function jlaffayeDirectory(line: string): string {
  return line.slice(line.indexOf('"') + 1, line.lastIndexOf('"'));
}

/** jlaffaye/ftp, parseRFC3659ListLine: the octet before the first space is dropped, for it should be a semicolon. */
export function jlaffayeFacts(line: string): { readonly name: string; readonly facts: Record<string, string> } {
  const space = line.indexOf(' ');
  const fields = line.slice(0, space - 1).split(';');
  const facts = fields.map((field) => {
    const equals = field.indexOf('=');
    if (equals < 1) throw new Error(`unsupported line ${line}`);
    return [field.slice(0, equals).toLowerCase(), field.slice(equals + 1)] as const;
  });
  return { name: line.slice(space + 1), facts: Object.fromEntries(facts) };
}

/** jlaffaye/ftp, parseLsListLine: takes a line for one of `ls -l` by what its eleventh character is. */
export function jlaffayeTakesForUnix(line: string): boolean {
  return /^[-bcdlps]$/.test(line[0]!) && /^[ +]$/.test(line[10]!);
}

/** The lines of a listing. Fails on octets behind the last CRLF, and on a CR or LF of its own. */
export function listingLines(octets: Buffer): string[] {
  const lines = octets.toString('utf8').split('\r\n');
  if (lines.pop() !== '') throw new Error('the listing does not end with CRLF');
  if (lines.some((line) => /[\r\n]/.test(line))) throw new Error('a line has a CR or LF in it');
  return lines;
}
