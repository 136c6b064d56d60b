/** What all charts have in common. */
import type { LineSeriesOption } from 'echarts/charts';
import type { Unit } from '../../../record/record.ts';
import type { Option } from '../echarts.ts';
import { FONT, type Scene } from '../scene.ts';

/** @param description for those who do not see the chart. */
export function commonOption(scene: Scene, description: string): Option {
  return {
    animation: !scene.still,
    animationDuration: 350,
    animationDurationUpdate: 0,
    textStyle: { fontFamily: FONT, color: scene.colour('ink'), fontSize: 12 },
    aria: { enabled: true, label: { description } },
    tooltip: {
      confine: true,
      backgroundColor: scene.colour('card'),
      borderColor: scene.colour('line'),
      textStyle: { fontFamily: FONT, color: scene.colour('ink'), fontSize: 12 },
      transitionDuration: 0,
    },
  };
}

/** Lines and words of an axis. */
export function axisStyle(scene: Scene) {
  return {
    axisLine: { lineStyle: { color: scene.colour('line') } },
    axisTick: { lineStyle: { color: scene.colour('line') } },
    splitLine: { lineStyle: { color: scene.colour('line'), width: 1 } },
    axisLabel: { color: scene.colour('dim'), fontFamily: FONT, fontSize: 11 },
    nameTextStyle: { color: scene.colour('dim'), fontFamily: FONT, fontSize: 11 },
  } as const;
}

/** A line of a candidate: told from others by colour, dashes and symbols. */
export function candidateLine(scene: Scene, candidate: number): LineSeriesOption {
  const { colour, dash, symbol, width } = scene.lineStyle(candidate);
  return {
    type: 'line',
    name: scene.nameOf(candidate),
    symbol,
    symbolSize: 6,
    showSymbol: true,
    color: colour,
    lineStyle: { color: colour, type: dash, width },
    itemStyle: { color: colour },
    emphasis: { focus: 'series', lineStyle: { width: width + 1 } },
    blur: { lineStyle: { opacity: 0.15 }, itemStyle: { opacity: 0.15 } },
    z: scene.isPeer(candidate) ? 2 : 3,
  };
}

/** From which width on there is room for a legend beside the lines, and how wide that is. */
const WIDE = 720;
const BESIDE = 200;
/** Of a chart with lines, if its legend is not in the way. */
const LINES_HEIGHT = 400;

const LEGEND = { itemWidth: 26, itemHeight: 9, itemGap: 10, lineHeight: 16, fontSize: 11.5 } as const;

/** Beside the lines where the chart is wide, or else below. A click hides a line. */
export function linesLayout(
  scene: Scene,
  candidates: readonly number[],
): { readonly height: number; readonly legend: Option['legend']; readonly grid: Option['grid'] } {
  const { itemWidth, itemHeight, itemGap, lineHeight, fontSize } = LEGEND;
  const names = candidates.map((candidate) => scene.nameOf(candidate));
  const style = {
    data: names,
    itemWidth,
    itemHeight,
    itemGap,
    padding: 0,
    textStyle: { color: scene.colour('ink'), fontFamily: FONT, fontSize, lineHeight },
    inactiveColor: scene.colour('line'),
    inactiveBorderColor: scene.colour('line'),
  } as const;
  const grid = {
    left: 4,
    right: 6,
    top: 10,
    bottom: 2,
    outerBoundsMode: 'same',
    outerBoundsContain: 'axisLabel',
  } as const;
  if (scene.width >= WIDE) {
    const height = Math.max(LINES_HEIGHT, names.length * (lineHeight + itemGap));
    return {
      height,
      grid: { ...grid, right: BESIDE + 16 },
      legend: { ...style, orient: 'vertical', left: scene.width - BESIDE, top: 6 },
    };
  }
  const below = legendRows(names, scene.width) * (lineHeight + itemGap) + 6;
  return {
    height: Math.max(LINES_HEIGHT, 250 + below),
    grid: { ...grid, bottom: below + 6 },
    legend: { ...style, left: 0, bottom: 4, width: scene.width },
  };
}

/** How many lines a legend has that wraps: ECharts does not make room for it by itself. */
function legendRows(names: readonly string[], width: number): number {
  let [rows, used] = [1, 0];
  for (const name of names) {
    const entry = LEGEND.itemWidth + 5 + textWidth(name, LEGEND.fontSize);
    if (used > 0 && used + entry > width) [rows, used] = [rows + 1, 0];
    used += entry + LEGEND.itemGap;
  }
  return rows;
}

/** About so many pixels: a letter is as wide as 0.6 of its height, if the font is a wide one. */
export function textWidth(text: string, fontSize: number): number {
  return text.length * fontSize * 0.6;
}

/**
 * Of an axis from 0. ECharts counts in tens; memory is counted in powers of two.
 * @param most of what is on it.
 */
export function steps(most: number, unit: Unit): { readonly interval?: number; readonly max?: number } {
  if ((unit !== 'B' && unit !== 'B/client') || most <= 0) return {};
  const interval = 2 ** Math.ceil(Math.log2(most / 5));
  return { interval, max: Math.ceil(most / interval) * interval };
}
