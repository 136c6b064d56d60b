/** What the command line needs of the process that it runs in; `process` is one, and tests bring their own. */
export interface HostProcess {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** The effective user; absent where there are no numbers for users, as on Windows. */
  geteuid?(): number;
  readonly env: Readonly<Record<string, string | undefined>>;
  on(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  off(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  /** Ends the process at once. */
  exit(code: number): void;
}

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';
