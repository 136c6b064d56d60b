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

/** One for each function of the C library in the modules imported so far. */
const declarations: (() => unknown)[] = [];

/** Whether calls of the C library work here: not on Windows, and not without koffi's binary for this platform. */
export function posixAvailable(): boolean {
  return loadOnce().state === 'loaded';
}

/** For what is of no use without the C library. @throws PosixUnavailableError. */
export function demandPosix(): void {
  requireLoaded();
}

/**
 * A function of the C library, whatever it returns.
 *
 * @param declaration its prototype in C, in the notation of koffi. Looked up at the first call.
 * @returns a function that calls it; a PosixUnavailableError is thrown where there is no C library to call.
 */
export function libraryFunction<Parameters extends readonly unknown[], Result>(
  declaration: string,
): (...args: Parameters) => Result {
  const declare = declaredOnce(declaration) as () => (...args: Parameters) => Result;
  return (...args) => declare()(...args);
}

/**
 * The same on a thread of Node's pool, for what may have to wait for a disk. Costs some 60 µs. Pointers are to be given as
 * addresses (see addressOf), and what they point to must live until the call has ended.
 *
 * @returns a function that calls it and promises its result. Its errno stays behind on the other thread.
 */
export function pooledFunction<Parameters extends readonly unknown[]>(
  declaration: string,
): (...args: Parameters) => Promise<number> {
  const declare = declaredOnce(declaration);
  return (...args) =>
    new Promise((resolve, reject) => {
      declare().async(...args, (error: unknown, result: number) => (error ? reject(error) : resolve(result)));
    });
}

/**
 * Where octets are in memory, for parameters declared as `uintptr_t`: what lies in the middle of a buffer is reached so
 * without an object for it.
 *
 * @param octets which must live for as long as the address is used.
 */
export function addressOf(octets: Uint8Array): number {
  return Number(requireLoaded().koffi.address(octets));
}

function declaredOnce(declaration: string): () => ReturnType<Library['func']> {
  let call: ReturnType<Library['func']> | undefined;
  const declare = () => {
    call ??= requireLoaded().library.func(declaration);
    return call;
  };
  declarations.push(declare);
  return declare;
}

/**
 * Loads the C library and looks up every function that has been imported so far, instead of each at its first call.
 *
 * For worker threads, before they say that they are ready: koffi aborts the whole process when a thread is terminated while
 * it loads or looks up. Calls do not mind. Does nothing where there is no C library to call.
 */
export function declareSystemCalls(): void {
  if (!posixAvailable()) return;
  for (const declare of declarations) {
    try {
      declare();
    } catch {
      // Not a function of this platform; whoever calls it finds out.
    }
  }
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
  const call = errnoCall<Parameters>(declaration);
  return (...args) => {
    const result = call(...args);
    if (result < 0) throw new PosixError(-result, name);
    return result;
  };
}

/**
 * The same for calls whose failure is an ordinary answer (EAGAIN of a socket with nothing to say): an error with its stack
 * costs ten times the call.
 *
 * @returns a function that calls it and gives its result, or errno with its sign changed, as the kernel itself does.
 */
export function errnoCall<Parameters extends readonly unknown[]>(declaration: string): (...args: Parameters) => number {
  const call = libraryFunction<Parameters, number>(declaration);
  return (...args) => {
    const result = call(...args);
    // koffi keeps errno for the thread: nothing in between can have changed it.
    return result === -1 ? -requireLoaded().koffi.errno() : result;
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
