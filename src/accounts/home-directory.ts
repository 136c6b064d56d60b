/**
 * @param home a virtual path as a person writes it, with or without a slash at the end.
 * @returns the normalised path: absolute, without empty segments and without a trailing slash.
 * @throws Error that says what is wrong with it.
 */
export function parseHome(home: string): string {
  if (!home.startsWith('/')) throw new Error(`home '${home}' does not begin with '/'`);
  // Invalid octets and control characters are legal in names, but a home is typed by a person: they are mistakes here.
  if (/[\p{Cc}\p{Cs}]/u.test(home)) throw new Error('home contains a character that cannot be printed');
  const segments = home.split('/').filter((segment) => segment !== '');
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    throw new Error(`home '${home}' contains '.' or '..'`);
  }
  return `/${segments.join('/')}`;
}
