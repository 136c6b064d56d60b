import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const DOCUMENT = new URL('../docs/security.md', import.meta.url);
const text = readFileSync(DOCUMENT, 'utf8');

interface Rule {
  readonly name: string;
  readonly keptIn: string;
  readonly testedIn: string;
}

const table = /<!-- begin rules -->\n\n(.*?)\n\n<!-- end rules -->/s.exec(text)![1]!;
const rules: readonly Rule[] = table
  .split('\n')
  .slice(2)
  .map((row) => {
    const [, name, , keptIn, testedIn] = row.split('|').map((cell) => cell.trim());
    return { name: name!, keptIn: keptIn!, testedIn: testedIn! };
  });

/** Rules of which another section will say more. */
const isElsewhere = ({ testedIn }: Rule) => /^see .+ below$/.test(testedIn);

function filesIn(cell: string): URL[] {
  return [...cell.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => new URL(path!, DOCUMENT));
}

describe('docs/security.md', () => {
  test('has a row for each rule, in order', () => {
    expect(rules.map(({ name }) => name)).toEqual(Array.from({ length: 24 }, (_, index) => `S${index + 1}`));
  });

  test('names files that there are', () => {
    for (const { name, keptIn, testedIn } of rules.filter((rule) => !isElsewhere(rule))) {
      expect(filesIn(keptIn), name).not.toEqual([]);
      for (const file of [...filesIn(keptIn), ...filesIn(testedIn)]) expect(existsSync(file), file.href).toBe(true);
    }
  });

  test.each(rules.filter((rule) => !isElsewhere(rule)).map((rule) => [rule.name, rule] as const))(
    'names for %s files with tests that begin with it',
    (name, { testedIn }) => {
      const files = filesIn(testedIn);
      expect(files).not.toEqual([]);
      // `S5: …`, or `S24, W35: …` for a test of several rules.
      const title = new RegExp(`['"\`](?:[SW]\\d+, )*${name}(?:, [SW]\\d+)*: `);
      for (const file of files) expect(readFileSync(file, 'utf8'), file.href).toMatch(title);
    },
  );
});
