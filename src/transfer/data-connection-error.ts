/** The data connection broke: reset, closed too early, or no octet moved for too long. 426 for the client. */
export class DataConnectionError extends Error {
  override readonly name = 'DataConnectionError';
  readonly reason: 'broken' | 'stalled';

  constructor(reason: 'broken' | 'stalled', options?: ErrorOptions) {
    super(`data connection ${reason}`, options);
    this.reason = reason;
  }

  /** What a socket's failure means: the error that it was destroyed with, or `broken`. */
  static from(cause: unknown): DataConnectionError {
    return cause instanceof DataConnectionError ? cause : new DataConnectionError('broken', { cause });
  }
}
