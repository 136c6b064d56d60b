/** The public API of ohai-ftpd. */

export type { Account, Permission } from './accounts/account.ts';
export type { Authenticator, Credentials, LoginClient } from './accounts/authenticator.ts';
export { hashPassword, verifyPassword } from './accounts/password-hash.ts';
export { TooManyLoginsError } from './accounts/too-many-logins-error.ts';
export type { FtpEvent, Log, LogFields, SessionSummary } from './protocol/environment.ts';
export type { ListenOptions, Runner, RunnerStats, RunningServer, RunOptions } from './runtime/runner.ts';
export type { ControlConnection, Endpoint, JsonValue, Service, ServiceSpec } from './runtime/service.ts';
export { loadService } from './runtime/service.ts';
export { startServer } from './runtime/start-server.ts';
export { type FtpServiceOptions, OptionsError } from './services/ftp-options.ts';
export {
  type AccountWithPassword,
  createFtpServer,
  FtpServer,
  type FtpServerEvents,
  type FtpServerOptions,
} from './services/ftp-server.ts';
export { ftpServiceSpec } from './services/ftp-spec.ts';
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
