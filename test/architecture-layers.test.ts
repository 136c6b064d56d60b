import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** What each folder of src may import from the others. Everything else would be a shortcut past an interface. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  posix: [],
  storage: ['posix'],
  accounts: [],
  transfer: ['storage', 'posix'],
  tls: ['transfer'],
  protocol: ['tls', 'transfer', 'storage', 'accounts'],
  runtime: ['posix'],
  services: ['protocol', 'runtime', 'tls', 'transfer', 'storage', 'accounts'],
  cli: ['services', 'runtime', 'tls', 'accounts'],
};

/** Packages are known to one folder each, so that one can be exchanged for another. */
const PACKAGE_OF: Readonly<Record<string, string>> = {
  koffi: 'posix',
  piscina: 'runtime',
  commander: 'cli',
  read: 'cli',
  zod: 'services',
};

/** What other programs may import: all of it, and the part that architectures are made of. */
const PUBLIC = ['src/index.ts', 'src/architecture.ts'];

interface Import {
  /** Path of the importing file from the root of the package. */
  readonly file: string;
  /** The same of what is imported, or the name of a package. */
  readonly target: string;
}

function importsOf(folder: string): Import[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return files.flatMap((name) => {
    const file = posix.join(folder, name);
    const source = readFileSync(join(ROOT, file), 'utf8');
    const lines = source.matchAll(/(?:^(?:import|export)\b[^;]*?\bfrom |^import |\b(?:import|require)\()'([^']+)'/gms);
    return [...lines].map(([, specifier]) => ({
      file,
      target: specifier!.startsWith('.') ? posix.join(dirname(file), specifier!) : specifier!,
    }));
  });
}

/** `protocol` of `src/protocol/commands/help.ts`; `index.ts` of `src/index.ts`. */
const folderOf = (path: string) => path.split('/')[1]!;

const show = ({ file, target }: Import) => `${file} imports ${target}`;

const insideSrc = importsOf('src').filter(({ file }) => !PUBLIC.includes(file));
const ofArchitectures = importsOf('architectures');

describe('the imports', () => {
  test('are found', () => {
    expect(insideSrc).toContainEqual({ file: 'src/posix/libc.ts', target: 'koffi' });
    expect(insideSrc).toContainEqual({
      file: 'src/protocol/commands/files.ts',
      target: 'src/storage/storage-error.ts',
    });
    expect(ofArchitectures).toContainEqual({ file: 'architectures/index.ts', target: 'architectures/reactor.ts' });
    expect(insideSrc.map(({ file }) => folderOf(file))).toEqual(
      expect.arrayContaining(Object.keys(MAY_IMPORT).filter((folder) => folder !== 'transfer')),
    );
  });

  test('between the folders of src point one way', () => {
    const wrong = insideSrc.filter(({ file, target }) => {
      const [from, to] = [folderOf(file), target.startsWith('src/') ? folderOf(target) : undefined];
      return to !== undefined && to !== from && !MAY_IMPORT[from]?.includes(to);
    });
    expect(wrong.map(show)).toEqual([]);
  });

  test('of src stay inside of it: it knows neither the public API nor an architecture', () => {
    const wrong = insideSrc.filter(
      ({ target }) => PUBLIC.includes(target) || /^(?:architectures|bench|test|examples)\/|^\.\./.test(target),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  test('of a package are in the one folder that knows it', () => {
    const wrong = insideSrc.filter(
      ({ file, target }) =>
        !target.startsWith('src/') && !target.startsWith('node:') && PACKAGE_OF[target] !== folderOf(file),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  test('of an architecture are those that a program outside of this package could have: the public API', () => {
    const wrong = ofArchitectures.filter(
      ({ file, target }) =>
        file !== 'architectures/main.ts' &&
        !PUBLIC.includes(target) &&
        !target.startsWith('node:') &&
        !(file === 'architectures/index.ts' && target.startsWith('architectures/')),
    );
    expect(wrong.map(show)).toEqual([]);
  });
});
