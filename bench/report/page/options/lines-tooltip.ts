import type { Unit } from '../../../record/record.ts';
import { quantity } from '../../quantities.ts';
import type { Option } from '../echarts.ts';
import type { Scene } from '../scene.ts';
import { commonOption } from './common.ts';
import { tooltipContent } from './tooltip.ts';

export interface LinesTooltip {
  /** The best above. */
  readonly order: 'valueAsc' | 'valueDesc';
  readonly unit: Unit;
  /** What the place on the x axis means, in words. */
  titleOf(x: number): string;
}

/** All candidates at one place of the x axis. */
export function linesTooltip(
  scene: Scene,
  description: string,
  { order, unit, titleOf }: LinesTooltip,
): NonNullable<Option['tooltip']> {
  return {
    ...commonOption(scene, description).tooltip,
    trigger: 'axis',
    order,
    formatter: (params) => {
      const all = Array.isArray(params) ? params : [params];
      const [x] = all[0]!.value as [number, number];
      return tooltipContent(
        titleOf(x),
        all.map(({ color, seriesName = '', value }) => ({
          colour: String(color),
          name: seriesName,
          value: quantity((value as [number, number])[1], unit),
        })),
      );
    },
  };
}
