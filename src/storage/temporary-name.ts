/** The names of uploads under way: hidden files beside the one that they will become. */
const PREFIX = '.ohai-upload-';
const RANDOM_OCTETS = 12;
const TEMPORARY_NAME = new RegExp(`^\\${PREFIX}[0-9a-f]{${2 * RANDOM_OCTETS}}$`);

/** A name that nobody can guess. */
export function temporaryName(): string {
  // Not imported: a unit that greets its first client has no time to load it.
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  return PREFIX + randomBytes(RANDOM_OCTETS).toString('hex');
}

/** Whether `name` is one of ours. A client's own file may begin like it, but not have this very form. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith(PREFIX) && TEMPORARY_NAME.test(name);
}
