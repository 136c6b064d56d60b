import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const run = promisify(execFile);
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));

interface LockedPackage {
  readonly dev?: boolean;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

/** Everything that an installation of this package brings along, direct or not. */
const installed = Object.entries(lock.packages as Record<string, LockedPackage>)
  .filter(([path, { dev }]) => path !== '' && !dev)
  .map(([path, entry]) => ({ name: path.replace(/^.*node_modules\//, ''), ...entry }));

describe('S22: what is installed with this package', () => {
  test('S22: is what was chosen, and nothing more comes without a decision', () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual(['commander', 'koffi', 'piscina', 'read', 'zod']);
    for (const others of ['optionalDependencies', 'bundleDependencies', 'bundledDependencies']) {
      expect(manifest, others).not.toHaveProperty(others);
    }
    // The prebuilt libraries of koffi and of piscina are packages of their own, one for each platform.
    const names = installed.map(({ name }) => name).filter((name) => !/^@(?:koffi|koromix|napi-rs)\//.test(name));
    expect([...new Set(names)].sort()).toEqual(['commander', 'koffi', 'mute-stream', 'piscina', 'read', 'zod']);
  });

  test('S22: is held to its digest, and runs nothing of its own but what chooses the prebuilt library', () => {
    expect(installed.filter(({ integrity }) => !integrity?.startsWith('sha512-')).map(({ name }) => name)).toEqual([]);
    expect(installed.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name)).toEqual(['koffi']);
    for (const script of ['preinstall', 'install', 'postinstall']) expect(manifest.scripts).not.toHaveProperty(script);
  });
});

describe('S22: what is published', () => {
  test('S22: says where it was built', () => {
    expect(manifest.publishConfig).toEqual({ provenance: true });
  });

  test('S22: is the program, its source and its papers; no test, no key, no account, nothing hidden', async () => {
    const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const { stdout } = await run('npm', words, { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 });
    const [{ files }] = JSON.parse(stdout) as [{ files: readonly { path: string; mode: number }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(100);
    const source = /^(?:dist\/)?(?:src|architectures)\/[\w/-]+(?:\.d)?\.(?:ts|js)(?:\.map)?$/;
    const unit = /^dist\/units\/[\w-]+\.cjs(?:\.map)?$/;
    const papers = /^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
    expect(paths.filter((path) => ![source, unit, papers].some((pattern) => pattern.test(path)))).toEqual([]);
    expect(paths.filter((path) => path.endsWith('.test.ts'))).toEqual([]);
    // Nobody but the owner may write to what runs.
    expect(files.filter(({ mode }) => (mode & 0o022) !== 0)).toEqual([]);
  });
});
