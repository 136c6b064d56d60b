import { expect, test } from 'vitest';
import { FUZZ_SECONDS, FUZZ_SEED } from './budget.ts';
import { Chance } from './chance.ts';
import { scenarios } from './scenarios/index.ts';

const weights = scenarios.reduce((sum, { weight }) => sum + weight, 0);

console.log(`FUZZ_SECONDS=${FUZZ_SECONDS} FUZZ_SEED=${FUZZ_SEED} repeats this run`);

test.each(scenarios.map((scenario) => [scenario.title, scenario] as const))('%s', async (title, { run, weight }) => {
  const rejections: unknown[] = [];
  const note = (reason: unknown) => void rejections.push(reason);
  process.on('unhandledRejection', note);
  const until = performance.now() + (FUZZ_SECONDS * 1_000 * weight) / weights;
  try {
    // The same seed gives a scenario the same cases, whichever others are run.
    const cases = await run(new Chance(FUZZ_SEED + hashOf(title)), () => performance.now() < until);
    console.log(`${title}: ${cases} cases`);
    expect(cases).toBeGreaterThan(0);
  } catch (cause) {
    throw new Error(`FUZZ_SEED=${FUZZ_SEED}: ${(cause as Error).message}`, { cause });
  } finally {
    process.off('unhandledRejection', note);
  }
  expect(rejections).toEqual([]);
});

function hashOf(text: string): number {
  return [...text].reduce((hash, character) => (Math.imul(hash, 31) + character.codePointAt(0)!) | 0, 7);
}
