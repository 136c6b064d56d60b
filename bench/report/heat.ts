/** The colour of a cell of the heat map. */
import { color } from 'echarts/core';
import { HEAT } from './colours.ts';

/** @param share of the best, from 0 to 1. A colour of CSS, for both schemes. */
export function heat(share: number): string {
  const [light, dark] = [HEAT.light, HEAT.dark].map((scale) => toHex(color.lerp(share, [...scale])));
  return `light-dark(${light},${dark})`;
}

function toHex(colour: string | undefined): string {
  return `#${color.toHex(colour ?? '')}`;
}
