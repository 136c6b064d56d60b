import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeDescriptor } from '../posix/descriptor.ts';
import { createMemoryFile } from '../posix/memory-file.ts';
import type { ServiceSpec } from './service.ts';

const UNITS = new URL('../../units/', import.meta.url);

/** Where a unit finds what another one has compiled of the program of both. See unit-start.ts. */
export interface CompiledCode {
  /** Of a memory file. */
  readonly fd: number;
  /** The paths of what the unit is to put into the file, in the order in which they are loaded. Absent: it is there. */
  readonly compile?: readonly string[];
}

/** The program of all units of one service, compiled once: by the first of them, for the others. */
export class CompiledProgram implements Disposable {
  readonly #fd: number;
  readonly #files: readonly string[];

  private constructor(fd: number, files: readonly string[]) {
    this.#fd = fd;
    this.#files = files;
  }

  /**
   * @returns undefined where it is not possible: on macOS and Windows, before the program has been bundled, and for services
   *   that are ES modules, since code that V8 takes back cannot import() them.
   */
  static create({ module }: Pick<ServiceSpec, 'module'>): CompiledProgram | undefined {
    if (import.meta.url.endsWith('.ts') || !module.endsWith('.cjs')) return undefined;
    // Other programs' services may import() something themselves.
    const service = module.startsWith(UNITS.href) ? [fileURLToPath(module)] : [];
    const files = [unitFile('in-common.cjs'), ...service, unitFile('unit-entry.cjs')];
    try {
      return new CompiledProgram(createMemoryFile(`compiled ${basename(module)}`), files);
    } catch {
      return undefined;
    }
  }

  /** For the one unit that compiles. It must have ended before others use the result. */
  get toFill(): CompiledCode {
    return { fd: this.#fd, compile: this.#files };
  }

  get filled(): CompiledCode {
    return { fd: this.#fd };
  }

  [Symbol.dispose](): void {
    closeDescriptor(this.#fd);
  }
}

function unitFile(name: string): string {
  return fileURLToPath(new URL(name, UNITS));
}
