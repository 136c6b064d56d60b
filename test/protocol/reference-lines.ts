import type { InputLine } from '../../src/protocol/line-reader.ts';
import { decodeOctets } from '../../src/storage/octets.ts';

/** Telnet commands, with an option or without; IAC IAC is 0xFF, and an IAC before an ordinary octet takes itself along. */
const TELNET = /\xff(?:[\xfb-\xfe](?:[\s\S]|$)|(\xff)|[\xf0-\xfa]|(?=[\s\S])|$)/g;

/**
 * What LineReader makes of a stream, written with regular expressions over the whole of it: slow, and of another make.
 * @param limit the longest line in octets, without its end.
 */
export function referenceLines(stream: Uint8Array, limit: number): InputLine[] {
  let rest = Buffer.from(stream).toString('latin1').replaceAll(TELNET, '$1');
  const items: InputLine[] = [];
  while (rest !== '') {
    rest = rest.replace(/^(?:(?!\r\n)(?:\r\0|[\0-\x09\x0b-\x1f\x7f\xf0-\xff]))+/, '');
    const urgent = /^(?:ABOR|STAT|QUIT)(?=\r)/i.exec(rest);
    if (urgent && urgent[0].length <= limit) {
      items.push({ kind: 'line', text: urgent[0] });
      rest = rest.slice(urgent[0].length).replace(/^\r\n?/, '');
      continue;
    }
    const ended = /^([^\n]*?)\r?\n/.exec(rest);
    const raw = ended?.[1] ?? rest;
    const line = raw.replaceAll('\r\0', '\r');
    const isHeldBack = !ended && raw.endsWith('\r') ? 1 : 0;
    if (line.length - isHeldBack > limit) items.push({ kind: 'too-long' });
    else if (ended) items.push({ kind: 'line', text: decodeOctets(Buffer.from(line, 'latin1')) });
    rest = ended ? rest.slice(ended[0].length) : '';
  }
  return items;
}
