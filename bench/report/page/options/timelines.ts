import type { BarSeriesOption } from 'echarts/charts';
import type { Timelines } from '../../charts/chart.ts';
import { quantity } from '../../quantities.ts';
import { FONT, type Scene } from '../scene.ts';
import { axisStyle, commonOption, textWidth } from './common.ts';
import type { Drawing } from './drawing.ts';
import { tooltipContent } from './tooltip.ts';

type Strip = Timelines['strips'][number];

const STRIP = 46;
const GAP = 22;
/** Of the words of events. */
const FONT_SIZE = 11;

/** One strip for each candidate, under each other, so that one moment is on one upright line. */
export function timelinesOption({ strips, description }: Timelines, scene: Scene): Drawing {
  const shown = scene.shown(strips);
  const left = scene.narrow ? 40 : 212;
  const top = scene.narrow ? 36 : 18;
  const pitch = STRIP + (scene.narrow ? GAP + 26 : GAP);
  const axis = axisStyle(scene);
  const seconds = Math.max(0, ...shown.map(({ everyMs, operations }) => (everyMs * operations.length) / 1000));
  const width = scene.width - left - 12;
  const isLast = (index: number) => index === shown.length - 1;
  const topOf = (index: number) => top + index * pitch;
  return {
    height: top + shown.length * pitch + 18,
    option: {
      ...commonOption(scene, description),
      title: shown.map(({ candidate }, index) => ({
        text: scene.nameOf(candidate),
        left: 0,
        top: topOf(index) + (scene.narrow ? -34 : STRIP / 2 - 8),
        padding: 0,
        textStyle: { color: scene.colour('ink'), fontFamily: FONT, fontSize: 12, fontWeight: 'normal' },
      })),
      grid: shown.map((_, index) => ({ left, width, top: topOf(index), height: STRIP, outerBoundsMode: 'none' })),
      xAxis: shown.map((_, index) => ({
        ...axis,
        gridIndex: index,
        type: 'value',
        min: 0,
        max: seconds,
        splitLine: { show: false },
        axisTick: { show: isLast(index) },
        axisLabel: { ...axis.axisLabel, show: isLast(index), formatter: (value: number) => quantity(value, 's') },
      })),
      yAxis: shown.map((strip, index) => ({
        ...axis,
        gridIndex: index,
        type: 'value',
        min: 0,
        max: mostOf(strip),
        axisTick: { show: false },
        splitLine: { show: false },
        axisLabel: {
          ...axis.axisLabel,
          customValues: [mostOf(strip)],
          formatter: (value: number) => quantity(value, 'count'),
        },
      })),
      series: shown.flatMap((strip, index) => stripSeries(strip, index, { scene, secondsPerPixel: seconds / width })),
      tooltip: {
        ...commonOption(scene, description).tooltip,
        trigger: 'axis',
        axisPointer: { type: 'line', lineStyle: { color: scene.colour('dim') } },
        formatter: (params) => {
          const [first] = Array.isArray(params) ? params : [params];
          const strip = shown.find(({ candidate }) => scene.nameOf(candidate) === first!.seriesName)!;
          return tooltip(strip, first!.dataIndex, scene);
        },
      },
      axisPointer: { link: [{ xAxisIndex: 'all' }] },
    },
  };
}

function stripSeries(
  { candidate, everyMs, operations, errors, events }: Strip,
  index: number,
  { scene, secondsPerPixel }: { scene: Scene; secondsPerPixel: number },
): BarSeriesOption[] {
  const inPlace = (counts: readonly number[]) =>
    counts.map((count, moment) => [((moment + 0.5) * everyMs) / 1000, count]);
  const common = {
    type: 'bar',
    name: scene.nameOf(candidate),
    xAxisIndex: index,
    yAxisIndex: index,
    stack: `strip-${index}`,
    barWidth: Math.max(1, (everyMs / 1000 / secondsPerPixel) * 0.86),
  } as const;
  const hatched = {
    symbol: 'rect',
    dashArrayX: [1, 0],
    dashArrayY: [2, 2],
    rotation: Math.PI / 4,
    color: scene.colour('card'),
  };
  return [
    {
      ...common,
      data: inPlace(operations),
      itemStyle: { color: scene.lineStyle(candidate).colour },
      markLine: {
        symbol: 'none',
        silent: true,
        animation: false,
        lineStyle: { color: scene.colour('ink'), type: 'solid', width: 1.25 },
        label: { color: scene.colour('ink'), fontFamily: FONT, fontSize: FONT_SIZE, position: 'end', distance: 3 },
        data: events.map(({ atMs, text }, place) => ({
          xAxis: atMs / 1000,
          label: {
            show: hasRoom(events, place, secondsPerPixel),
            formatter: () => text,
            align: place === 0 ? 'right' : 'left',
          },
        })),
      },
    },
    { ...common, data: inPlace(errors), itemStyle: { color: scene.colour('bad'), decal: hatched } },
  ];
}

/** The words of the first event end at its line, those of the others begin there; none may be under another's. */
function hasRoom(events: Strip['events'], place: number, secondsPerPixel: number): boolean {
  if (place < 2) return true;
  const [previous, event] = [events[place - 1]!, events[place]!];
  return (event.atMs - previous.atMs) / 1000 / secondsPerPixel > textWidth(previous.text, FONT_SIZE) + 8;
}

function mostOf({ operations, errors }: Strip): number {
  return Math.max(1, ...operations.map((count, moment) => count + (errors[moment] ?? 0)));
}

function tooltip({ candidate, everyMs, operations, errors, events }: Strip, moment: number, scene: Scene): HTMLElement {
  const from = moment * everyMs;
  const within = events.filter(({ atMs }) => atMs >= from && atMs < from + everyMs);
  return tooltipContent(`${scene.nameOf(candidate)}, from ${quantity(from / 1000, 's')}`, [
    {
      colour: scene.lineStyle(candidate).colour,
      name: 'operations',
      value: quantity(operations[moment] ?? 0, 'count'),
    },
    { colour: scene.colour('bad'), name: 'errors', value: quantity(errors[moment] ?? 0, 'count') },
    ...within.map(({ atMs, text }) => ({ colour: 'transparent', name: quantity(atMs / 1000, 's'), value: text })),
  ]);
}
