/** Names that people type. */
import { suggestion } from '../../src/cli/closest-word.ts';

/** The command line is wrong. What it says is for people. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Those of `all` that are asked for, in the order of `all`.
 * @param asked names; undefined asks for all. @param what they are, in the singular. @throws UsageError
 */
export function named<T extends { readonly name: string }>(
  asked: readonly string[] | undefined,
  what: string,
  all: readonly T[],
): T[] {
  if (asked === undefined) return [...all];
  const names = all.map(({ name }) => name);
  for (const word of asked) {
    if (!names.includes(word)) {
      throw new UsageError(`unknown ${what} '${word}'${suggestion(word, names)}; there are ${names.join(', ')}`);
    }
  }
  return all.filter(({ name }) => asked.includes(name));
}
