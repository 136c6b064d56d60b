/**
 * The door to the C library. Nothing is loaded before the first call, and importing this file never fails: a server on
 * Windows, or one whose koffi has no binary for its platform, finds out by asking and goes on without.
 */
import { createRequire } from 'node:module';
import { PosixError } from './errno.ts';

type Koffi = typeof import('koffi');
type Library = ReturnType<Koffi['load']>;

/** The C library cannot be called here. */
export class PosixUnavailableError extends Error {
  override readonly name = 'PosixUnavailableError';
  readonly code = 'POSIX_UNAVAILABLE';
}

type Libc =
  | { readonly state: 'loaded'; readonly koffi: Koffi; readonly library: Library }
  | { readonly state: 'unavailable'; readonly error: PosixUnavailableError };

let libc: Libc | undefined;

/** Whether calls of the C library work here: not on Windows, and not without koffi's binary for this platform. */
export function posixAvailable(): boolean {
  return loadOnce().state === 'loaded';
}

/**
 * A function of the C library that reports failure as -1 and errno, as nearly all of section 2 do.
 *
 * @param name what errors call it.
 * @param declaration its prototype in C, in the notation of koffi. Looked up at the first call.
 * @returns a function that calls it and gives its result, or throws a PosixError; a PosixUnavailableError when there is no
 *   C library to call.
 */
export function systemCall<Parameters extends readonly unknown[]>(
  name: string,
  declaration: string,
): (...args: Parameters) => number {
  let call: ((...args: Parameters) => number) | undefined;
  return (...args) => {
    const { koffi, library } = requireLoaded();
    call ??= library.func(declaration) as unknown as (...args: Parameters) => number;
    const result = call(...args);
    // koffi keeps errno for the thread: nothing in between can have changed it.
    if (result === -1) throw new PosixError(koffi.errno(), name);
    return result;
  };
}

function requireLoaded(): Extract<Libc, { state: 'loaded' }> {
  const loaded = loadOnce();
  if (loaded.state === 'unavailable') throw loaded.error;
  return loaded;
}

function loadOnce(): Libc {
  libc ??= load();
  return libc;
}

function load(): Libc {
  if (process.platform === 'win32') return unavailable('there is no POSIX C library on Windows');
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    // null: the symbols of this process. Node is linked with the C library, whatever that is called (glibc, musl, macOS).
    return { state: 'loaded', koffi, library: koffi.load(null) };
  } catch (error) {
    return unavailable(`koffi cannot be loaded on ${process.platform}-${process.arch}`, error);
  }
}

function unavailable(reason: string, cause?: unknown): Libc {
  return { state: 'unavailable', error: new PosixUnavailableError(reason, { cause }) };
}
