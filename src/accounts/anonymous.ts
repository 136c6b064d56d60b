import type { Account, Permission } from './account.ts';
import { isAnonymousName } from './account-name.ts';
import type { Authenticator, Credentials } from './authenticator.ts';
import { PERMISSION_PRESETS } from './permissions.ts';

/**
 * What strangers may do. A writable server takes their files and makes directories for them, as vsftpd does with
 * `anon_upload_enable` and `anon_mkdir_write_enable`; deleting and renaming what others left stays with accounts.
 */
export const ANONYMOUS_PERMISSIONS = {
  'read-only': PERMISSION_PRESETS['read-only'],
  writable: ['list', 'read', 'write', 'make-directory'],
} as const satisfies Record<string, readonly Permission[]>;

export type AnonymousAccess = keyof typeof ANONYMOUS_PERMISSIONS;

export interface AnonymousOptions {
  readonly access: AnonymousAccess;
  readonly home?: string;
  /** Octets per second of all strangers together; see Account. */
  readonly maxBytesPerSecond?: number;
}

/** Lets in everybody who calls himself `anonymous` or `ftp`, in any case of letters, with any password (RFC 1635). */
export class AnonymousAuthenticator implements Authenticator {
  readonly #account: Account;

  constructor({ access, home = '/', maxBytesPerSecond }: AnonymousOptions) {
    this.#account = {
      name: 'anonymous',
      home,
      permissions: ANONYMOUS_PERMISSIONS[access],
      ...(maxBytesPerSecond !== undefined && { maxBytesPerSecond }),
    };
  }

  async authenticate({ user }: Credentials): Promise<Account | undefined> {
    return isAnonymousName(user) ? this.#account : undefined;
  }
}
