import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { architectures } from 'ohai-ftpd/architectures';
import { describe, expect, onTestFinished, test } from 'vitest';
import { markdownTable } from '../src/protocol/compliance-table.ts';
import { expectGeneratedPart } from './support/generated-part.ts';

const ROOT = new URL('../', import.meta.url);
const README = new URL('README.md', ROOT);
const DOCUMENT = new URL('docs/architecture.md', ROOT);
const PICTURES = new URL('docs/pictures/', ROOT);
const DRAW = fileURLToPath(new URL('scripts/draw-pictures.mjs', ROOT));

const names = architectures.map(({ name }) => name);
const chapterOf = (name: string) => readFile(new URL(`architectures/${name}.ts`, ROOT), 'utf8');
const run = promisify(execFile);

test('the table of architectures in README.md tells the traits of the registry (UPDATE_DOCS=1 brings it up to date)', () => {
  const table = markdownTable(
    ['Name', 'Who accepts', 'Who serves a client', 'At a time', 'When all are busy', 'A crash takes'],
    architectures.map(({ name, traits: { accepts, serves, atATime, whenBusy, aCrashTakes } }) => [
      `[\`${name}\`](architectures/${name}.ts)`,
      accepts,
      serves,
      atATime,
      whenBusy,
      aCrashTakes,
    ]),
  );
  expectGeneratedPart(README, 'architectures', table);
});

describe('docs/architecture.md', () => {
  test.each(names)(
    'tells of %s what the header of its chapter does (UPDATE_DOCS=1 brings it up to date)',
    async (name) => {
      const header = [...(await chapterOf(name)).matchAll(/^\/\/ (.+?(?:\?|…)) +(.+)$/gm)];
      expect(header.map(([, question]) => question)).toEqual([
        'Who accepts?',
        'Who serves?',
        'A slow client…',
        'A crash…',
      ]);
      const rows = header.map(([, question, answer]) => [`**${question!}**`, answer!]);
      expectGeneratedPart(DOCUMENT, `header ${name}`, markdownTable(['', ''], rows));
    },
  );

  test('has a section and a picture for each architecture, in their order, and no others', async () => {
    const text = await readFile(DOCUMENT, 'utf8');
    const sections = [...text.matchAll(/^## ([\w-]+)$/gm)].map(([, name]) => name!);
    expect(sections).toEqual(names);
    const shown = [...text.matchAll(/^!\[.+\]\(pictures\/([\w-]+)\.svg\)$/gm)].map(([, name]) => name!);
    expect(shown).toEqual(['legend', ...names, 'messages']);
  });

  test('explains every message between a unit and its parent, and none that there is not', async () => {
    const source = await readFile(new URL('src/runtime/messages.ts', ROOT), 'utf8');
    const duties = (side: string) => {
      const [, body] = new RegExp(`interface ${side} {\n(.*?)\n}`, 's').exec(source)!;
      return [...body!.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name!);
    };
    const text = await readFile(DOCUMENT, 'utf8');
    const explained = (title: string) => {
      const [, rows] = new RegExp(`^\\| ${title} \\| \\|\n(.*?)\n\n`, 'ms').exec(text)!;
      const cells = rows!.split('\n').map((row) => row.split('|')[1]!);
      return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
    };
    expect(explained('The parent says').sort()).toEqual(duties('UnitDuties').sort());
    expect(explained('A unit says').sort()).toEqual(duties('ParentDuties').sort());
  });
});

test('docs/pictures holds what scripts/draw-pictures.mjs draws (run it to bring them up to date)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ohai-ftpd-pictures-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await run(process.execPath, [DRAW, folder]);
  const drawn = (await readdir(folder)).sort();
  expect((await readdir(PICTURES)).sort()).toEqual(drawn);
  for (const name of drawn) {
    expect(await readFile(new URL(name, PICTURES), 'utf8'), name).toBe(await readFile(join(folder, name), 'utf8'));
  }
});
