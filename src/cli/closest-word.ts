/** More slips than this are not a slip any more. */
const MAX_DISTANCE = 3;

/** @returns the candidate that `word` was probably meant to be, if there is one. */
export function closestWord(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= MAX_DISTANCE && distance < candidate.length / 2)
    .sort((a, b) => a.distance - b.distance);
  // A beginning that fits one candidate only is a better sign than similar letters.
  const completions = word === '' ? [] : candidates.filter((candidate) => candidate.startsWith(word));
  return completions.length === 1 ? completions[0] : ranked[0]?.candidate;
}

/** @returns ` (did you mean …?)`, or nothing. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const closest = closestWord(word, candidates);
  return closest === undefined ? '' : ` (did you mean ${closest}?)`;
}

/** Letters to be inserted, removed or replaced to get from one word to the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
