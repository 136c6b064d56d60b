export interface CommandLine {
  /** Upper case. */
  readonly verb: string;
  /** Everything behind the one space that follows the verb, as it came (W28); empty when there is nothing. */
  readonly argument: string;
}

/**
 * RFC 959 section 5.3: three or four letters; longer ones with digits are experimental, and begin with X (RFC 1123 section
 * 4.1.3.1). In ASCII on purpose; `s` because a name may contain a literal CR.
 */
const COMMAND = /^([A-Za-z]{3,4}|[Xx][A-Za-z0-9]{2,7})(?: (.*))?$/s;

/**
 * Takes a line of a client apart (RFC 959 section 5.3).
 * @param text a line without its end.
 * @returns `undefined` if the line does not look like a command at all.
 */
export function parseCommandLine(text: string): CommandLine | undefined {
  const match = COMMAND.exec(text);
  if (!match) return undefined;
  return { verb: match[1]!.toUpperCase(), argument: match[2] ?? '' };
}
