import type { Percentiles } from '../../charts/chart.ts';
import { quantity } from '../../quantities.ts';
import type { Scene } from '../scene.ts';
import { axisStyle, candidateLine, commonOption, linesLayout } from './common.ts';
import type { Drawing } from './drawing.ts';
import { linesTooltip } from './lines-tooltip.ts';

/** As HdrHistogram plots it: each step to the right is a nine more, so that the rare has as much room as the usual. */
function placeOf(percent: number): number {
  return Math.log10(100 / (100 - percent));
}

const LABELS = [0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999].map(placeOf);

/** Latency by percentile, both axes logarithmic. */
export function percentilesOption({ lines, description }: Percentiles, scene: Scene): Drawing {
  const shown = scene.shown(lines);
  const { height, legend, grid } = linesLayout(
    scene,
    shown.map(({ candidate }) => candidate),
  );
  const axis = axisStyle(scene);
  const last = Math.max(0, ...shown.flatMap(({ points }) => points.map(({ percent }) => placeOf(percent))));
  return {
    height,
    option: {
      ...commonOption(scene, description),
      legend,
      grid,
      xAxis: {
        ...axis,
        type: 'value',
        min: 0,
        max: last,
        axisTick: { ...axis.axisTick, customValues: LABELS },
        splitLine: { show: false },
        axisLabel: {
          ...axis.axisLabel,
          customValues: LABELS,
          hideOverlap: true,
          formatter: (value: number) => percentWords(value),
        },
        axisPointer: { snap: true, lineStyle: { color: scene.colour('dim') } },
      },
      yAxis: {
        ...axis,
        type: 'log',
        axisLabel: { ...axis.axisLabel, formatter: (value: number) => quantity(value, 'ms') },
      },
      series: shown.map(({ candidate, points }) => ({
        ...candidateLine(scene, candidate),
        data: points.map(({ percent, ms }) => [placeOf(percent), ms]),
      })),
      tooltip: linesTooltip(scene, description, { order: 'valueAsc', unit: 'ms', titleOf: percentWords }),
    },
  };
}

function percentWords(place: number): string {
  return `${Number((100 - 100 / 10 ** place).toFixed(4))}%`;
}
