// The programs of units, and the services that they run, in a few files: dist/units/. A unit that is started for a single
// client loads three files instead of a hundred, which is most of what its client has to wait for.
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const units = new URL('../dist/units/', import.meta.url);
/** Beside, and then renamed: a server that runs meanwhile must not load half of a file. */
const fresh = new URL('../dist/units.new/', import.meta.url);

const { output } = await build({
  cwd: root,
  input: {
    'unit-start': 'src/runtime/unit-start.ts',
    'unit-entry': 'src/runtime/unit-entry.ts',
    'pool-entry': 'src/runtime/pool-entry.ts',
    'request-entry': 'src/runtime/request-entry.ts',
    ftp: 'src/services/ftp.ts',
    http: 'src/services/http.ts',
  },
  platform: 'node',
  external: ['koffi', /^node:/],
  logLevel: 'warn',
  transform: { target: 'node20' },
  output: {
    dir: 'dist/units.new',
    // A new thread or process needs 9 ms more to load its first ES module than its first CommonJS module.
    format: 'cjs',
    entryFileNames: '[name].cjs',
    minify: true,
    sourcemap: true,
    chunkFileNames: '[name].cjs',
    // What several of them have in common, in one file: each further file is a wait for the disk and for the loader.
    codeSplitting: { groups: [{ name: 'in-common', test: /src/, minShareCount: 2 }] },
  },
});

await mkdir(units, { recursive: true });
for (const { fileName } of output) await rename(new URL(fileName, fresh), new URL(fileName, units));
await rm(fresh, { recursive: true });
// What an earlier build had and this one has not would be published with it.
const built = new Set(output.map(({ fileName }) => fileName));
for (const name of await readdir(units)) if (!built.has(name)) await rm(new URL(name, units));
