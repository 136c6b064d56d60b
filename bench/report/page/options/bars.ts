import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemReturn } from 'echarts';
import type { Bar, Bars } from '../../charts/chart.ts';
import { quantity, range } from '../../quantities.ts';
import type { Scene } from '../scene.ts';
import { axisStyle, commonOption, steps } from './common.ts';
import type { Drawing } from './drawing.ts';
import { tooltipContent } from './tooltip.ts';

/** Of names and values, which stand beside the bars where there is room. */
const BESIDE = 230;
/** Of a step of the axis, at least. */
const TICK = 75;

/** Horizontal: names are long. Values stand in a column at the right, where they can be read like a table. */
export function barsOption({ bars, title, unit, description }: Bars, scene: Scene): Drawing {
  const shown = scene.shown(bars);
  const rowHeight = scene.narrow ? 42 : 27;
  const axis = axisStyle(scene);
  const names = {
    ...axis,
    type: 'category',
    inverse: true,
    data: shown.map(({ candidate }) => scene.nameOf(candidate)),
    axisTick: { show: false },
    axisLine: { show: false },
    splitLine: { show: false },
  } as const;
  // Where there is no room beside bars, names and values stand above them.
  const above = scene.narrow
    ? { verticalAlign: 'bottom' as const, padding: [0, 0, 10, 0], margin: 0, inside: true }
    : {};
  const words = (_: unknown, index: number) => wordsOf(shown[index]!, unit);
  return {
    height: shown.length * rowHeight + 34,
    option: {
      ...commonOption(scene, description),
      grid: {
        left: 0,
        right: 2,
        top: scene.narrow ? 10 : 2,
        bottom: 4,
        outerBoundsMode: 'same',
        outerBoundsContain: 'axisLabel',
      },
      xAxis: {
        ...axis,
        type: 'value',
        splitNumber: scene.narrow ? 3 : Math.max(2, Math.floor((scene.width - BESIDE) / TICK)),
        min: 0,
        ...steps(Math.max(0, ...shown.map(({ spread }) => spread?.most ?? 0)), unit),
        axisLabel: { ...axis.axisLabel, formatter: (value: number) => quantity(value, unit), hideOverlap: true },
      },
      yAxis: [
        { ...names, axisLabel: { ...axis.axisLabel, ...above, color: scene.colour('ink'), fontSize: 12, interval: 0 } },
        {
          ...names,
          position: 'right',
          axisLabel: {
            ...axis.axisLabel,
            ...above,
            color: scene.colour('ink'),
            fontSize: 12,
            interval: 0,
            formatter: words,
          },
        },
      ],
      series: [
        {
          type: 'bar',
          name: title,
          barWidth: scene.narrow ? 12 : 15,
          data: shown.map(({ candidate, spread }) => ({
            value: spread?.median ?? 0,
            itemStyle: barStyle(scene, candidate),
          })),
        },
        {
          type: 'custom',
          name: 'least to most',
          // The axis is to reach as far as they do.
          encode: { x: [1, 2], y: 0 },
          silent: true,
          z: 4,
          data: shown.flatMap(({ spread }, index) => (spread ? [[index, spread.least, spread.most]] : [])),
          renderItem: (_, api) => whisker(api, scene.colour('ink')),
        },
      ],
      tooltip: {
        ...commonOption(scene, description).tooltip,
        trigger: 'axis',
        axisPointer: { type: 'shadow', shadowStyle: { color: scene.colour('ink'), opacity: 0.05 } },
        formatter: (params) => {
          const { dataIndex = 0 } = Array.isArray(params) ? params[0]! : params;
          const bar = shown[dataIndex]!;
          const spread = bar.spread
            ? [{ colour: 'transparent', name: 'least–most', value: range(bar.spread.least, bar.spread.most, unit) }]
            : [];
          return tooltipContent(scene.nameOf(bar.candidate), [
            {
              colour: barStyle(scene, bar.candidate).color,
              name: title,
              value: bar.spread ? quantity(bar.spread.median, unit) : '–',
            },
            ...spread,
            ...bar.marks.map(({ sign, words }) => ({ colour: 'transparent', name: sign, value: words })),
          ]);
        },
      },
    },
  };
}

function wordsOf({ spread, marks }: Bar, unit: Bars['unit']): string {
  if (!spread) return marks.map(({ sign, words }) => `${sign} ${words}`).join(', ') || 'not measured';
  return [quantity(spread.median, unit), ...marks.map(({ sign }) => sign)].join(' ');
}

/** Other servers are hatched, so that they are told apart without their colour. */
function barStyle(scene: Scene, candidate: number) {
  const { colour } = scene.lineStyle(candidate);
  const hatched = {
    symbol: 'rect',
    dashArrayX: [1, 0],
    dashArrayY: [2, 3],
    rotation: -Math.PI / 4,
    color: scene.colour('card'),
  };
  return { color: colour, borderRadius: 2, opacity: 0.92, ...(scene.isPeer(candidate) && { decal: hatched }) };
}

/** From the least to the most, as ECharts has no series for it. */
function whisker(api: CustomSeriesRenderItemAPI, stroke: string): CustomSeriesRenderItemReturn {
  const [from, to] = [1, 2].map((dimension) => api.coord([api.value(dimension), api.value(0)])) as [number[], number[]];
  const y = from[1]!;
  const line = (x1: number, y1: number, x2: number, y2: number) =>
    ({ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth: 1.25 } }) as const;
  return {
    type: 'group',
    children: [
      line(from[0]!, y, to[0]!, y),
      line(from[0]!, y - 4, from[0]!, y + 4),
      line(to[0]!, y - 4, to[0]!, y + 4),
    ],
  };
}
