/** The public API of ohai-ftpd. */

export type { Account, Permission } from './accounts/account.ts';
export type { Authenticator, ClientCertificate, Credentials, LoginClient } from './accounts/authenticator.ts';
export { hashPassword, verifyPassword } from './accounts/password-hash.ts';
export { TooManyLoginsError } from './accounts/too-many-logins-error.ts';
export type { FtpEvent, Log, LogFields, SessionSummary } from './protocol/environment.ts';
export type { BanPolicy, Board, Limits, Place, Presence, Seat } from './runtime/board.ts';
export { type Confinement, ConfinementError } from './runtime/confinement.ts';
export { assumeIdentity, findIdentity, type Identity, IdentityError, type IdentityNames } from './runtime/identity.ts';
export { oneProcessEach, oneThreadEach } from './runtime/one-each.ts';
export type { Policy } from './runtime/policy.ts';
export type { ListenOptions, Runner, RunnerStats, RunningServer, RunOptions, Traits } from './runtime/runner.ts';
export type {
  ControlConnection,
  Endpoint,
  JsonValue,
  Refusal,
  RequestPool,
  RequestWorker,
  Service,
  ServiceHost,
  ServiceModule,
  ServiceSpec,
} from './runtime/service.ts';
export { startCrew } from './runtime/start-crew.ts';
export { startParent } from './runtime/start-parent.ts';
export { startServer } from './runtime/start-server.ts';
export { threadPool } from './runtime/thread-pool.ts';
export { UnitFailedError } from './runtime/unit.ts';
export { type FtpServiceOptions, OptionsError } from './services/ftp-options.ts';
export {
  type AccountWithPassword,
  createFtpServer,
  FtpServer,
  type FtpServerEvents,
  type FtpServerOptions,
} from './services/ftp-server.ts';
export { ftpServiceSpec } from './services/ftp-spec.ts';
export type { HttpServiceOptions } from './services/http-options.ts';
export { httpServiceSpec } from './services/http-spec.ts';
export { DiskFileSystem } from './storage/disk.ts';
export type {
  DirectoryEntry,
  FileStatus,
  FileSystem,
  FileType,
  ReadableFile,
  WritableFile,
  WriteMode,
} from './storage/file-system.ts';
export { MemoryFileSystem } from './storage/memory.ts';
export { StorageError, type StorageErrorKind } from './storage/storage-error.ts';
