export interface TwoPaths {
  readonly first: string;
  readonly second: string;
}

/**
 * Splits an argument that holds two path names, which FTP has no syntax for.
 * @param argument `a b`, or with quotes where a name contains spaces: `"a b" "c d"`.
 * @returns every way to split it, at each space in turn; one when the first is quoted or there is only one space.
 */
export function splitTwoPaths(argument: string): readonly TwoPaths[] {
  const quoted = /^"((?:[^"]|"")+)" (.+)$/s.exec(argument);
  if (quoted) return [{ first: unquote(`"${quoted[1]}"`), second: unquote(quoted[2]!) }];
  const splits: TwoPaths[] = [];
  for (let at = argument.indexOf(' ', 1); at > 0 && at < argument.length - 1; at = argument.indexOf(' ', at + 1)) {
    splits.push({ first: argument.slice(0, at), second: unquote(argument.slice(at + 1)) });
  }
  return splits;
}

function unquote(text: string): string {
  const inner = /^"((?:[^"]|"")+)"$/s.exec(text)?.[1];
  return inner === undefined ? text : inner.replaceAll('""', '"');
}
