/** Why a storage refuses or fails: what a client may learn, and no more. */
export type StorageErrorKind =
  | 'not-found'
  | 'exists'
  | 'not-a-directory'
  | 'is-a-directory'
  | 'not-empty'
  | 'permission-denied'
  | 'read-only'
  | 'is-a-symlink'
  | 'invalid-name'
  | 'name-too-long'
  | 'offset-beyond-end'
  | 'busy'
  | 'no-space'
  | 'over-quota'
  | 'too-large'
  | 'not-supported'
  | 'too-many-open-files'
  | 'changed-while-reading'
  | 'input-output';

/** An expected failure of a storage. Its message is for the log; clients see a fixed text per kind. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly kind: StorageErrorKind;

  /** @param kind what went wrong. @param message details for the log, never shown to a client. */
  constructor(kind: StorageErrorKind, message: string = kind, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
