/** What an account may do. The command table names the permission that each command needs. */
export const PERMISSIONS = ['list', 'read', 'write', 'delete', 'rename', 'make-directory', 'change-metadata'] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** Somebody who has logged in. Plain data: it crosses to other threads and processes with the session. */
export interface Account {
  readonly name: string;
  /** The virtual directory of the server's storage that this account sees as `/`. Normalised; `/` for all of it. */
  readonly home: string;
  readonly permissions: readonly Permission[];
  /** May see and end the sessions of others. */
  readonly administrator?: boolean;
  /** Octets per second of all its transfers together; absent: what the server allows every account. */
  readonly maxBytesPerSecond?: number;
}
