import { describe, expect, test } from 'vitest';
import {
  type Decoder,
  FRAMING_NAMES,
  FramingError,
  type FramingName,
  framings,
} from '../../examples/cloud-hash/framings.ts';

const LIMIT = 64;

/** Messages as text, and the error that ended them, from chunks and the end of the stream. */
function decode(name: FramingName, chunks: readonly Buffer[], limit = LIMIT) {
  const decoder = framings[name].decoder(limit);
  const messages: string[] = [];
  const read = (part: (decoder: Decoder) => Iterable<Buffer>) => {
    for (const message of part(decoder)) messages.push(message.toString());
  };
  try {
    for (const chunk of chunks) read((from) => from.push(chunk));
    read((from) => from.end());
    return { messages };
  } catch (error) {
    expect(error).toBeInstanceOf(FramingError);
    return { messages, error: (error as Error).message };
  }
}

const encode = (name: FramingName, ...messages: string[]) =>
  Buffer.concat(messages.map((message) => framings[name].encode(message)));

const TOO_LONG = `a message has at most ${LIMIT} bytes`;
const CUT_OFF = 'the connection ended in the middle of a message';

describe.each(FRAMING_NAMES)('the framing by %s', (name) => {
  const messages = framings[name].onePerConnection ? ['SET capital Oslo – ø'] : ['SET capital Oslo – ø', '', 'GET x'];
  const bytes = encode(name, ...messages);

  test('gives the messages back that were sent', () => {
    expect(decode(name, [bytes])).toEqual({ messages });
  });

  test('gives them back when the network cuts them in two, at any byte', () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(decode(name, [bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual({ messages });
    }
  });

  test('gives them back when each byte comes alone', () => {
    expect(
      decode(
        name,
        [...bytes].map((byte) => Buffer.of(byte)),
      ),
    ).toEqual({ messages });
  });

  test('takes a message that is as long as the limit, and none that is longer', () => {
    const longest = 'x'.repeat(LIMIT);
    expect(decode(name, [encode(name, longest)])).toEqual({ messages: [longest] });
    expect(decode(name, [encode(name, `${longest}y`)])).toEqual({ messages: [], error: TOO_LONG });
    expect(
      decode(
        name,
        [...encode(name, `${longest}y`)].map((byte) => Buffer.of(byte)),
      ).error,
    ).toBe(TOO_LONG);
  });

  test('has no message when nothing was sent', () => {
    expect(decode(name, [])).toEqual({ messages: [] });
  });

  test.skipIf(framings[name].onePerConnection)('gives back what was complete before what cannot be read', () => {
    const wrong = encode(name, 'GET x', 'y'.repeat(LIMIT + 1));
    expect(decode(name, [wrong])).toEqual({ messages: ['GET x'], error: TOO_LONG });
  });

  test.skipIf(framings[name].onePerConnection)('takes no half of a message for the whole', () => {
    const whole = encode(name, 'SET price 1000');
    for (let cut = 1; cut < whole.length; cut++) {
      expect(decode(name, [whole.subarray(0, cut)])).toEqual({ messages: [], error: CUT_OFF });
    }
  });
});

test('a line may end with CR LF, as telnet sends it', () => {
  expect(decode('newline', [Buffer.from('GET x\r\nGET y\n')])).toEqual({ messages: ['GET x', 'GET y'] });
});

test('a line cannot hold a line break, which would be two requests', () => {
  for (const message of ['GET x\nSET x y', 'GET x\r']) {
    expect(() => framings.newline.encode(message)).toThrow(FramingError);
  }
  for (const name of ['eof', 'length'] as const) {
    expect(decode(name, [encode(name, 'SET poem one\ntwo\r')])).toEqual({ messages: ['SET poem one\ntwo\r'] });
  }
});

test('the length comes as 4 bytes, big-endian', () => {
  expect(framings.length.encode('GET ø')).toEqual(Buffer.from([0, 0, 0, 6, 0x47, 0x45, 0x54, 0x20, 0xc3, 0xb8]));
});

test('a length that is too large is refused before any byte of the message has come', () => {
  expect(decode('length', [Buffer.from([0xff, 0xff, 0xff, 0xff])])).toEqual({ messages: [], error: TOO_LONG });
});
