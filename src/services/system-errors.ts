const DESCRIPTIONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is not a directory',
  EACCES: 'may not be accessed by this user',
  EPERM: 'may not be changed by this user',
  EISDIR: 'is a directory',
  ELOOP: 'leads in a circle of symbolic links',
  EROFS: 'is on a file system that is read-only',
  ENOSPC: 'is on a file system that is full',
};

/** What went wrong with a file, in words that follow its name: `does not exist`. */
export function describeSystemError(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return DESCRIPTIONS[code] ?? `cannot be used: ${message}`;
}
