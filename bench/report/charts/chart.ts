/**
 * What the page draws: plain data, which the report carries as JSON. Words and numbers are decided here, where they can be
 * tested; the page decides about pixels and colours.
 */
import type { Unit } from '../../record/record.ts';

/** What the script of the page is given. */
export interface PageData {
  /** Others tell of a candidate by its place in this list. */
  readonly candidates: readonly ChartCandidate[];
  /** By the identifier of the element that is to hold it. */
  readonly charts: Readonly<Record<string, Chart>>;
}

export interface ChartCandidate {
  readonly name: string;
  readonly kind: 'architecture' | 'peer';
}

export type Chart = Bars | Percentiles | Curves | Timelines;

interface Described {
  /** For those who do not see it. */
  readonly description: string;
}

/** The headline figure of each candidate. The best is the first. */
export interface Bars extends Described {
  readonly kind: 'bars';
  readonly title: string;
  readonly unit: Unit;
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly candidate: number;
  /** Undefined where there is nothing to show; `marks` say why. */
  readonly spread?: { readonly median: number; readonly least: number; readonly most: number };
  readonly marks: readonly { readonly sign: string; readonly words: string }[];
}

/** How long the fastest so many per cent took at the most. */
export interface Percentiles extends Described {
  readonly kind: 'percentiles';
  readonly of: string;
  readonly lines: readonly {
    readonly candidate: number;
    readonly points: readonly { readonly percent: number; readonly ms: number }[];
  }[];
}

/** A figure against the number of clients. */
export interface Curves extends Described {
  readonly kind: 'curves';
  readonly title: string;
  readonly unit: Unit;
  /** Of the axis of the figure. */
  readonly scale: 'linear' | 'logarithmic';
  readonly clients: readonly number[];
  readonly lines: readonly {
    readonly candidate: number;
    readonly points: readonly {
      readonly clients: number;
      readonly value: number;
      readonly least?: number;
      readonly most?: number;
    }[];
  }[];
}

/** What was done in each moment of one run of each candidate. */
export interface Timelines extends Described {
  readonly kind: 'timelines';
  readonly strips: readonly {
    readonly candidate: number;
    readonly everyMs: number;
    readonly operations: readonly number[];
    readonly errors: readonly number[];
    readonly events: readonly { readonly atMs: number; readonly text: string }[];
  }[];
}
