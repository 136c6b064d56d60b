/**
 * What the server answers: a three-digit code and one or more lines of text (RFC 959 section 4.2).
 * A value, not an action: who yields it does not know how it reaches the client.
 */
export interface Reply {
  /** 110…553. 1xx says that another reply follows. */
  readonly code: number;
  readonly lines: readonly string[];
  /** Behind it come no more octets in the clear, from neither side: the client begins the TLS handshake (RFC 4217). */
  readonly startsTls?: true;
  /** Reaches the client this much later; whoever has made the reply need not wait. */
  readonly heldBackMs?: number;
}

/** @param text one line, or the lines of a multi-line reply, without CR, LF and code. */
export function reply(code: number, ...text: readonly string[]): Reply {
  return { code, lines: text };
}

/** A command that has got so far that the client is told: one 1xx reply, and then the final one (RFC 959 section 4.2). */
export interface Begun {
  readonly preliminary: Reply;
  /** Does the rest. To be called once, when the preliminary reply is on its way. */
  complete(): Promise<Reply>;
}

/** What a command, or a line, is answered with: exactly one final reply. */
export type Outcome = Reply | Promise<Reply | Begun>;

/** Whether there is nothing to wait for. */
export function isReply(outcome: Outcome | Begun): outcome is Reply {
  return 'code' in outcome;
}

/** All of them, for who does not mind to wait. */
export async function* repliesOf(outcome: Outcome): AsyncGenerator<Reply> {
  const answer = await outcome;
  yield isReply(answer) ? answer : answer.preliminary;
  if (!isReply(answer)) yield await answer.complete();
}

/** Whether this is the last reply to its command: all but the preliminary 1xx are. */
export function isFinal(answer: Reply): boolean {
  return answer.code >= 200;
}

/** 221 and 421 announce that the server closes the control connection (RFC 959 section 4.2.2). */
export function closesConnection(answer: Reply): boolean {
  return answer.code === 221 || answer.code === 421;
}

/**
 * The reply as it goes over the wire. Inner lines begin with a space, so that none of them can be taken for the last one
 * by a client that only looks for three digits and a space.
 */
export function encodeReply({ code, lines }: Reply): string {
  if (lines.length < 2) return `${code} ${lines[0] ?? ''}\r\n`;
  const inner = lines.slice(1, -1).map((line) => ` ${line}\r\n`);
  return `${code}-${lines[0]}\r\n${inner.join('')}${code} ${lines.at(-1)}\r\n`;
}

/** A refusal: thrown anywhere below a command, it becomes the command's final reply. Anything else thrown is a fault. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
  readonly reply: Reply;

  constructor(code: number, ...text: readonly string[]) {
    super(`${code} ${text[0]}`);
    this.reply = reply(code, ...text);
  }
}
