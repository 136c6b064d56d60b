/**
 * The first file of a unit that is made for one client: loads the unit's program from what the first of these units has
 * compiled of it, which is more than a third of what loading it takes. It shares no module with the program: what both
 * import would be loaded before it is asked.
 */
import { closeSync, fstatSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import { isMainThread, workerData } from 'node:worker_threads';
import type { CompiledCode } from './compiled-program.ts';
import type * as UnitEntry from './unit-entry.ts';

/** One file of the program. */
interface Part {
  readonly file: string;
  readonly source: Buffer;
  /** As V8 compiled it (v8::ScriptCompiler::CachedData). It takes it back only for the same version and flags. */
  readonly code?: Buffer;
}

/** A line of JSON at the beginning of the memory file; the sources and codes follow in its order. */
type Index = readonly { readonly file: string; readonly sourceOctets: number; readonly codeOctets: number }[];

const LF = 0x0a;

/** A process is told by its arguments: its other orders come when it is there to hear them. */
const { fd, compile }: CompiledCode = isMainThread ? orderOf(process.argv.slice(2)) : workerData.compiled;

const requireHere = createRequire(import.meta.url);
const enter = () => requireHere('./unit-entry.cjs') as typeof UnitEntry;

if (compile) void compileFor(compile);
else loadCompiled();

function orderOf([descriptor, ...compile]: readonly string[]): CompiledCode {
  return { fd: Number(descriptor), ...(compile.length > 0 && { compile }) };
}

/** Loads the program, and keeps it for the others when so much of it has run as is needed to be ready for a client. */
async function compileFor(files: readonly string[]): Promise<void> {
  const parts = files.map((file): Part => ({ file, source: readFileSync(file) }));
  const scripts = parts.map(run);
  await enter().ready;
  writeParts(parts.map((part, at) => ({ ...part, code: scripts[at]!.createCachedData() })));
}

function loadCompiled(): void {
  const parts = readParts();
  // Of a thread it is the process's.
  if (isMainThread) closeSync(fd);
  for (const part of parts) run(part);
  // It has been, if it could be.
  enter();
}

/** Runs a CommonJS module, and has it ready for whoever requires it. */
function run({ file, source, code }: Part): Script {
  const script = new Script(Module.wrap(source.toString()), {
    filename: file,
    ...(code && { cachedData: code }),
  });
  const require = createRequire(file);
  const module = new Module(file);
  require.cache[file] = module;
  try {
    script.runInThisContext()(module.exports, require, module, file, dirname(file));
    module.loaded = true;
  } catch {
    // Whoever requires it hears why.
    delete require.cache[file];
  }
  return script;
}

function writeParts(parts: readonly Required<Part>[]): void {
  const index: Index = parts.map(({ file, source, code }) => ({
    file,
    sourceOctets: source.length,
    codeOctets: code.length,
  }));
  const content = parts.flatMap(({ source, code }) => [source, code]);
  writeFileSync(fd, Buffer.concat([Buffer.from(`${JSON.stringify(index)}\n`), ...content]));
}

/** @returns nothing when the unit that should have written them could not. */
function readParts(): Part[] {
  const { size } = fstatSync(fd);
  const content = Buffer.allocUnsafeSlow(size);
  // Where the descriptor stands, is the same for all who have it.
  readSync(fd, content, 0, size, 0);
  const indexEnd = content.indexOf(LF);
  if (indexEnd < 0) return [];
  let at = indexEnd + 1;
  const next = (octets: number) => {
    at += octets;
    return content.subarray(at - octets, at);
  };
  const index = JSON.parse(content.toString('utf8', 0, indexEnd)) as Index;
  return index.map(({ file, sourceOctets, codeOctets }) => ({
    file,
    source: next(sourceOctets),
    code: next(codeOctets),
  }));
}
