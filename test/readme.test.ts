import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { architectures } from 'ohai-ftpd/architectures';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

const run = promisify(execFile);

/** The code blocks of a language, in their order. */
function blocks(language: string): string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, code]) => code!);
}

describe('the programs of README.md', () => {
  const programs = blocks('ts');
  let folder: string;
  const fileOf = (index: number) => join(folder, `program-${index}.ts`);

  // Below the package, so that they find it by its name, as a program that has installed it does.
  beforeAll(async () => {
    await mkdir(join(ROOT, 'dist'), { recursive: true });
    folder = await mkdtemp(join(ROOT, 'dist', 'readme-'));
    await Promise.all(programs.map((program, index) => writeFile(fileOf(index), `${program}\nexport {};\n`)));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('are found', () => {
    expect(programs.length).toBeGreaterThanOrEqual(4);
  });

  test('have the right types', async () => {
    const compilerOptions = { noEmit: true, composite: false, declaration: false, declarationMap: false };
    const project = { extends: '../../tsconfig.base.json', compilerOptions, include: ['*.ts'] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project));
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    await run(process.execPath, [tsc, '--project', folder]).catch(({ stdout }: { stdout: string }) => {
      expect(stdout).toBe('');
    });
  });

  test.each(programs.map((program, index) => [index + 1, program] as const))(
    'number %i runs and prints what it says',
    async (number, program) => {
      const printed: string[] = [];
      const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
      onTestFinished(() => log.mockRestore());
      await import(/* @vite-ignore */ pathToFileURL(fileOf(number - 1)).href);
      const expected = [...program.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => line);
      expect(printed).toEqual(expected);
    },
  );
});

describe('the command lines of README.md', () => {
  const lines = blocks('sh').flatMap((block) => block.trim().split('\n'));
  const text = [...lines, ...[...README.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!)];

  test('name scripts that there are', () => {
    const named = text.flatMap((line) => [...line.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, script]) => script!));
    expect(named.length).toBeGreaterThan(0);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining([...named, 'start', 'test']));
  });

  test('name options that there are', async () => {
    const main = join(ROOT, 'dist', 'architectures', 'main.js');
    const help = async (...words: string[]) => (await run(process.execPath, [...words, '--help'])).stdout;
    const known = {
      serve: await help(main, 'serve'),
      passwd: await help(main, 'passwd'),
      bench: await help(join(ROOT, 'dist', 'bench', 'main.js')),
    };
    const commandOf = (line: string) => {
      if (line.includes('npm run bench --')) return 'bench';
      return line.includes('ohai-ftpd passwd') ? 'passwd' : 'serve';
    };
    const optionsOf = (line: string) => [...line.matchAll(/(?<= |^)--[a-z-]+/g)].map(([option]) => option);
    for (const line of text) {
      for (const option of optionsOf(line)) {
        expect(known[commandOf(line)], line).toMatch(new RegExp(`^ +${option}\\b`, 'm'));
      }
    }
    expect(text.flatMap(optionsOf).length).toBeGreaterThan(10);
  });

  test('begin with the two that everybody needs', () => {
    expect(lines[0]).toBe('npm ci && npm start');
    expect(lines).toContain('npm ci && npm test');
  });
});

test('each architecture has a script to start it', () => {
  for (const { name } of architectures) expect(Object.keys(scripts)).toContain(`start:${name}`);
});

test('the links of README.md and of docs lead to files that there are', () => {
  const documents = [
    'README.md',
    ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name)),
  ];
  for (const document of documents.filter((name) => name.endsWith('.md'))) {
    const links = readFileSync(join(ROOT, document), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g);
    for (const [, link] of links) {
      expect(existsSync(join(ROOT, document, '..', link!)), `${document}: ${link}`).toBe(true);
    }
  }
});
