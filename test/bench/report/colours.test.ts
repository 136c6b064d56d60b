import { describe, expect, test } from 'vitest';
import { COLOURS, type Colour, LINE_COLOURS, PEER_COLOUR } from '../../../bench/report/colours.ts';
import { heat } from '../../../bench/report/heat.ts';

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('in %s colours', (_, side) => {
  test.each(['ink', 'dim', 'accent', 'bad', 'warn'] as const)('text in %s can be read on everything', (name) => {
    for (const ground of [COLOURS.paper, COLOURS.card, COLOURS.soft])
      expect(contrast(COLOURS[name][side], ground[side])).toBeGreaterThanOrEqual(4.5);
  });

  test('lines and bars can be seen', () => {
    for (const colour of [...LINE_COLOURS, PEER_COLOUR])
      expect(contrast(colour[side], COLOURS.card[side])).toBeGreaterThanOrEqual(3);
  });

  test('each cell of the heat map can be read', () => {
    const shares = Array.from({ length: 101 }, (_, percent) => percent / 100);
    for (const share of shares)
      expect(contrast(COLOURS.ink[side], byScheme(heat(share))[side]), `${share}`).toBeGreaterThanOrEqual(4.5);
    expect(byScheme(heat(0))[side]).not.toBe(byScheme(heat(1))[side]);
  });
});

/** Out of `light-dark(#rrggbb,#rrggbb)`. */
function byScheme(css: string): Colour {
  return css.match(/#[0-9a-f]{6}/g) as unknown as Colour;
}

/** As WCAG 2 counts it, from 1 to 21. */
function contrast(one: string, other: string): number {
  const [less, more] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (more + 0.05) / (less + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
