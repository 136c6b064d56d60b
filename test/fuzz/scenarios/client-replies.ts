import { deepStrictEqual, equal, ok } from 'node:assert/strict';
import { extendedPassivePort, type FtpReply, ReplyReader } from '../../../bench/client/reply-reader.ts';
import { encodeReply, reply } from '../../../src/protocol/reply.ts';
import type { Chance } from '../chance.ts';
import type { FuzzScenario } from '../scenario.ts';

const PIECES = [
  '220',
  '220-',
  '331 ',
  '\r\n',
  '\n',
  '\r',
  ' ',
  '-',
  '2',
  '9',
  'HTTP/1.1',
  '\0',
  '229 (|||',
  '|)',
  '80',
];

/** S23: whatever a server sends, a client takes it for the same replies however it comes, or gives up. */
export const clientReplies: FuzzScenario = {
  title: 'S23: the clients of tests and benchmarks read what any server sends',
  weight: 1,
  async run(chance, more) {
    let cases = 0;
    for (; more(); cases++) {
      const text = chance.text(PIECES, 20);
      const whole = read([text]);
      deepStrictEqual(read([...text]), whole, JSON.stringify(text));
      for (const { code } of whole.replies) ok(code >= 100 && code <= 599);
      for (const answer of whole.replies) {
        const port = unlessRefused(() => extendedPassivePort(answer));
        ok(port === undefined || (port >= 1 && port <= 65_535));
      }
      const sent = anyReplies(chance);
      const received = read([sent.map((each) => Buffer.from(encodeReply(each)).toString('latin1')).join('')]);
      equal(received.failure, undefined);
      deepStrictEqual(
        received.replies.map(({ code, lines }) => [code, lines.length]),
        sent.map(({ code, lines }) => [code, Math.max(1, lines.length)]),
      );
    }
    return cases;
  },
};

function read(parts: readonly string[]): { replies: FtpReply[]; failure: string | undefined } {
  const reader = new ReplyReader();
  const replies: FtpReply[] = [];
  const take = () => {
    for (let next = reader.next(); next; next = reader.next()) replies.push(next);
  };
  try {
    for (const part of parts) {
      reader.push(part);
      take();
    }
  } catch (error) {
    take();
    return { replies, failure: (error as Error).message };
  }
  return { replies, failure: undefined };
}

/** As the server makes them: their inner lines look like anything. */
function anyReplies(chance: Chance): ReturnType<typeof reply>[] {
  const line = () => chance.text(['250 ', '250-', 'x', ' ', 'ü', '"'], 4).replaceAll(/[\r\n]/g, '');
  return Array.from({ length: chance.below(4) }, () =>
    reply(200 + chance.below(100), ...Array.from({ length: 1 + chance.below(4) }, line)),
  );
}

function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
