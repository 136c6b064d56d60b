/** What charts look like at the moment: colours, room, and who is in them. */
import type { ChartCandidate } from '../charts/chart.ts';
import { COLOURS, type Colour, LINE_COLOURS, PEER_COLOUR } from '../colours.ts';
import type { Scheme } from './theme.ts';

/** As in page.css. */
export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** How a candidate is told from others without its colour. */
export interface LineStyle {
  readonly colour: string;
  readonly dash: 'solid' | 'dashed' | 'dotted';
  readonly symbol: string;
  readonly width: number;
}

const DASHES = ['solid', 'dashed', 'dotted'] as const;
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle', 'emptyRect', 'emptyTriangle'] as const;

export class Scene {
  readonly candidates: readonly ChartCandidate[];
  /** In pixels, of the chart. */
  readonly width: number;
  /** Without animation. */
  readonly still: boolean;
  readonly #scheme: Scheme;
  readonly #shows: (candidate: number) => boolean;

  constructor(
    candidates: readonly ChartCandidate[],
    {
      scheme,
      width,
      still,
      shows,
    }: { scheme: Scheme; width: number; still: boolean; shows: (candidate: number) => boolean },
  ) {
    this.candidates = candidates;
    this.width = width;
    this.still = still;
    this.#scheme = scheme;
    this.#shows = shows;
  }

  /** So little room that names do not fit beside what they name. */
  get narrow(): boolean {
    return this.width < 400;
  }

  /** Those of a list that are shown. */
  shown<Item extends { readonly candidate: number }>(items: readonly Item[]): Item[] {
    return items.filter(({ candidate }) => this.#shows(candidate));
  }

  nameOf(candidate: number): string {
    return this.candidates[candidate]!.name;
  }

  isPeer(candidate: number): boolean {
    return this.candidates[candidate]!.kind === 'peer';
  }

  colour(name: keyof typeof COLOURS): string {
    return this.#of(COLOURS[name]);
  }

  lineStyle(candidate: number): LineStyle {
    const peer = this.isPeer(candidate);
    return {
      colour: this.#of(peer ? PEER_COLOUR : LINE_COLOURS[candidate % LINE_COLOURS.length]!),
      // 3 and 7 have no common factor: the first 21 differ.
      dash: DASHES[candidate % DASHES.length]!,
      symbol: SYMBOLS[candidate % SYMBOLS.length]!,
      width: peer ? 1.25 : 2,
    };
  }

  #of([light, dark]: Colour): string {
    return this.#scheme === 'dark' ? dark : light;
  }
}
