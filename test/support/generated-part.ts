import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/**
 * Compares a part of a document, between `<!-- begin NAME -->` and `<!-- end NAME -->`, with what it is made from;
 * with UPDATE_DOCS=1 in the environment, brings it up to date instead.
 */
export function expectGeneratedPart(document: URL, name: string, content: string): void {
  const text = readFileSync(document, 'utf8');
  const place = new RegExp(`(<!-- begin ${name} -->\n\n)(?:.*\n)*?(\n<!-- end ${name} -->)`);
  expect(text).toMatch(place);
  const updated = text.replace(place, (_, before: string, after: string) => before + content + after);
  if (process.env.UPDATE_DOCS) writeFileSync(document, updated);
  else expect(text).toBe(updated);
}
