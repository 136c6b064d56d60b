/** Names that log in anonymously, in any case of letters (RFC 1635). No account can have them. */
export const ANONYMOUS_NAMES: readonly string[] = ['anonymous', 'ftp'];

const MAX_LENGTH = 64;

/** Whether a client that gives this name with USER wants to log in anonymously. */
export function isAnonymousName(name: string): boolean {
  return ANONYMOUS_NAMES.includes(name.toLowerCase());
}

/**
 * @returns undefined for a name that an account may have; otherwise what is wrong with it, to follow the name in a sentence.
 */
export function accountNameProblem(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (name.startsWith('#')) return "begins with '#'";
  if (name.includes(':')) return "contains ':'";
  if (/[\p{C}\p{Z}]/u.test(name)) return 'contains white space or a character that cannot be printed';
  if (isAnonymousName(name)) return 'is the name of anonymous users';
  return undefined;
}
