import type { Curves } from '../../charts/chart.ts';
import { counted, quantity } from '../../quantities.ts';
import type { Scene } from '../scene.ts';
import { axisStyle, candidateLine, commonOption, linesLayout, steps } from './common.ts';
import type { Drawing } from './drawing.ts';
import { linesTooltip } from './lines-tooltip.ts';

/** A figure against the number of clients, which is on a logarithmic axis: it grows by factors. */
export function curvesOption({ lines, clients, unit, scale, description }: Curves, scene: Scene): Drawing {
  const shown = scene.shown(lines);
  const { height, legend, grid } = linesLayout(
    scene,
    shown.map(({ candidate }) => candidate),
  );
  const axis = axisStyle(scene);
  const most = Math.max(0, ...shown.flatMap(({ points }) => points.map(({ value }) => value)));
  return {
    height,
    option: {
      ...commonOption(scene, description),
      legend,
      grid,
      xAxis: {
        ...axis,
        type: 'log',
        min: clients[0],
        max: clients.at(-1),
        splitLine: { show: false },
        axisTick: { ...axis.axisTick, customValues: [...clients] },
        axisLabel: {
          ...axis.axisLabel,
          customValues: [...clients],
          hideOverlap: true,
          formatter: (value: number) => quantity(value, 'count'),
        },
        axisPointer: { snap: true, lineStyle: { color: scene.colour('dim') } },
      },
      yAxis: {
        ...axis,
        ...(scale === 'logarithmic' ? { type: 'log', logBase: 4 } : { type: 'value', min: 0, ...steps(most, unit) }),
        axisLabel: { ...axis.axisLabel, formatter: (value: number) => quantity(value, unit) },
      },
      series: shown.map(({ candidate, points }) => ({
        ...candidateLine(scene, candidate),
        data: points.map((point) => [point.clients, point.value]),
      })),
      tooltip: linesTooltip(scene, description, { order: 'valueDesc', unit, titleOf: (x) => counted(x, 'client') }),
    },
  };
}
