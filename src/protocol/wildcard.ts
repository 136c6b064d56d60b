/**
 * Wildcards in the last segment of a path: `*`, `?`, `[a-z]`, `[!a-z]`, and a backslash before what is meant literally.
 * Neither `**` nor braces: their cost is up to who sends them (S13).
 */

type Token =
  | { readonly kind: 'any-run' }
  | { readonly kind: 'any' }
  | { readonly kind: 'literal'; readonly codePoint: number }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly Range[] };

/** First and last code point, both inclusive. */
type Range = readonly [first: number, last: number];

const DOT = 0x2e;

/** @returns whether the segment means more than the name that it spells: it has `*`, `?` or a complete `[…]` in it. */
export function hasWildcard(segment: string): boolean {
  return tokenize(segment).some((token) => token.kind !== 'literal');
}

/**
 * @param pattern one segment of a path.
 * @returns whether a name matches all of the pattern. A name with a leading dot needs that dot in the pattern.
 */
export function compileWildcard(pattern: string): (name: string) => boolean {
  const tokens = tokenize(pattern);
  const shortest = tokens.filter((token) => token.kind !== 'any-run').length;
  const sets = tokens.filter((token) => token.kind === 'set');
  const codes = Int32Array.from([...tokens.map((token) => encodeToken(token, sets)), END]);
  return (name) => {
    if (name.length < shortest || (name.startsWith('.') && codes[0] !== DOT)) return false;
    return matches(codes, sets, name);
  };
}

type SetToken = Extract<Token, { kind: 'set' }>;

// Tokens as numbers, for the loop that runs for every character of every name. A literal is its code point.
const ANY = -1;
const ANY_RUN = -2;
const FIRST_SET = -3;
/** Behind the last token; greater than any code point, so that no character is accepted. */
const END = 0x7fff_ffff;

function encodeToken(token: Token, sets: readonly SetToken[]): number {
  switch (token.kind) {
    case 'any':
      return ANY;
    case 'any-run':
      return ANY_RUN;
    case 'literal':
      return token.codePoint;
    case 'set':
      return FIRST_SET - sets.indexOf(token);
  }
}

/**
 * When something does not match, only the latest star takes one more character: what an earlier star could take instead,
 * the latest one can as well. So the cost is at most the product of both lengths.
 */
function matches(codes: Int32Array, sets: readonly SetToken[], name: string): boolean {
  let token = 0;
  let at = 0;
  let afterStar = -1;
  let starEnd = 0;
  while (at < name.length) {
    const codePoint = name.codePointAt(at)!;
    const expected = codes[token]!;
    if (
      expected === codePoint ||
      expected === ANY ||
      (expected <= FIRST_SET && accepts(sets[FIRST_SET - expected]!, codePoint))
    ) {
      token += 1;
      at += unitsOf(codePoint);
    } else if (expected === ANY_RUN) {
      token += 1;
      afterStar = token;
      starEnd = at;
    } else if (afterStar >= 0) {
      starEnd += unitsOf(name.codePointAt(starEnd)!);
      token = afterStar;
      at = starEnd;
    } else {
      return false;
    }
  }
  // Stars that follow each other are one token, so at most one of them is left.
  return codes[token] === END || (codes[token] === ANY_RUN && codes[token + 1] === END);
}

function accepts({ ranges, negated }: SetToken, codePoint: number): boolean {
  return includes(ranges, codePoint) !== negated;
}

/** @param ranges ascending, without overlaps: one set may name thousands of characters. */
function includes(ranges: readonly Range[], codePoint: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const [first, last] = ranges[middle]!;
    if (codePoint < first) high = middle;
    else if (codePoint > last) low = middle + 1;
    else return true;
  }
  return false;
}

function tokenize(pattern: string): Token[] {
  // By code points: `?` is one character, also where UTF-16 needs two units.
  const characters = Array.from(pattern);
  const tokens: Token[] = [];
  let lastBracket = characters.lastIndexOf(']');
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at]!;
    if (character === '*') {
      if (tokens.at(-1)?.kind !== 'any-run') tokens.push({ kind: 'any-run' });
      continue;
    }
    if (character === '?') {
      tokens.push({ kind: 'any' });
      continue;
    }
    if (character === '[' && at < lastBracket) {
      const set = readSet(characters, at + 1);
      if (set) {
        tokens.push(set.token);
        at = set.end;
        continue;
      }
      // What does not end for this bracket does not end for a later one: don't search again for each of thousands.
      lastBracket = -1;
    }
    if (character === '\\' && at + 1 < characters.length) at += 1;
    tokens.push({ kind: 'literal', codePoint: characters[at]!.codePointAt(0)! });
  }
  return tokens;
}

/**
 * @param start index behind the `[`.
 * @returns the set and the index of its `]`; `undefined` without one: the bracket is a literal then, as in a shell.
 */
function readSet(characters: readonly string[], start: number): { token: Token; end: number } | undefined {
  const negated = characters[start] === '!';
  const from = negated ? start + 1 : start;
  const ranges: Range[] = [];
  for (let at = from; at < characters.length; at += 1) {
    // The first character is always a member: `[]]` is the set of the closing bracket.
    if (characters[at] === ']' && at > from) return { token: { kind: 'set', negated, ranges: merge(ranges) }, end: at };
    if (characters[at] === '\\') at += 1;
    const first = characters[at]?.codePointAt(0);
    if (first === undefined) return undefined;
    if (characters[at + 1] !== '-' || characters[at + 2] === undefined || characters[at + 2] === ']') {
      ranges.push([first, first]);
      continue;
    }
    at += characters[at + 2] === '\\' ? 3 : 2;
    const last = characters[at]?.codePointAt(0);
    if (last === undefined) return undefined;
    ranges.push([first, last]);
  }
  return undefined;
}

/** Sorted and without overlaps. A range that runs backwards is empty. */
function merge(ranges: readonly Range[]): Range[] {
  const merged: [number, number][] = [];
  for (const [first, last] of ranges.filter(([first, last]) => first <= last).sort((a, b) => a[0] - b[0])) {
    const previous = merged.at(-1);
    if (previous && first <= previous[1]) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

/** How many units of UTF-16 a code point takes. */
function unitsOf(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1;
}
