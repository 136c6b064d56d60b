import type { Option } from '../echarts.ts';

/** An option for ECharts, and how high a chart is that has it. */
export interface Drawing {
  readonly height: number;
  readonly option: Option;
}
