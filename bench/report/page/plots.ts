/** The charts of the page: where they are, and when they are drawn. */
import type { EChartsType } from 'echarts/core';
import type { Chart, PageData } from '../charts/chart.ts';
import { init } from './echarts.ts';
import { barsOption } from './options/bars.ts';
import { curvesOption } from './options/curves.ts';
import type { Drawing } from './options/drawing.ts';
import { percentilesOption } from './options/percentiles.ts';
import { timelinesOption } from './options/timelines.ts';
import { showsPeers } from './peers.ts';
import { Scene } from './scene.ts';
import { scheme } from './theme.ts';

export class Plots {
  readonly #data: PageData;
  readonly #places: ReadonlyMap<HTMLElement, Chart>;
  readonly #drawn = new Map<HTMLElement, EChartsType>();
  /** Of the drawings that are to come. */
  #next: number | undefined;
  readonly #lessMotion = matchMedia('(prefers-reduced-motion: reduce)');

  constructor(data: PageData) {
    this.#data = data;
    const places = Object.entries(data.charts).map(([id, chart]) => [document.getElementById(id)!, chart] as const);
    this.#places = new Map(places);
  }

  draw(): void {
    // Now their heights, so that nothing moves later.
    for (const [place, chart] of this.#places) place.style.height = `${this.#drawing(place, chart).height}px`;
    this.redraw();
    const widths = new ResizeObserver((entries) => {
      for (const { target } of entries) this.#fit(target as HTMLElement);
    });
    for (const place of this.#places.keys()) widths.observe(place);
    // Who prints at once gets all of them.
    addEventListener('beforeprint', () => {
      for (const place of this.#places.keys()) this.#redraw(place);
    });
  }

  /** One after another, so that the page can be used meanwhile; what is looked at first. */
  redraw(): void {
    clearTimeout(this.#next);
    const distance = new Map([...this.#places.keys()].map((place) => [place, distanceFromWindow(place)]));
    const waiting = [...this.#places.keys()].sort((one, other) => distance.get(one)! - distance.get(other)!);
    const next = () => {
      const place = waiting.shift();
      if (place === undefined) return;
      this.#redraw(place);
      this.#next = setTimeout(next);
    };
    next();
  }

  #redraw(place: HTMLElement): void {
    const chart = this.#places.get(place)!;
    // Of other servers only, and these are hidden: there is nothing to draw.
    const isEmpty = itemsOf(chart).every(({ candidate }) => !this.#shows(candidate));
    place.closest('figure')!.hidden = isEmpty;
    if (isEmpty) return;
    const { option, height } = this.#drawing(place, chart);
    place.style.height = `${height}px`;
    const drawn = this.#drawn.get(place) ?? init(place, null, { renderer: 'svg' });
    this.#drawn.set(place, drawn);
    drawn.resize();
    drawn.setOption(option, { notMerge: true });
  }

  #shows(candidate: number): boolean {
    return showsPeers() || this.#data.candidates[candidate]!.kind === 'architecture';
  }

  #fit(place: HTMLElement): void {
    const drawn = this.#drawn.get(place);
    // What has been drawn for another width is drawn anew: where things stand depends on it.
    if (drawn && place.clientWidth > 0 && drawn.getWidth() !== place.clientWidth) this.#redraw(place);
  }

  #drawing(place: HTMLElement, chart: Chart): Drawing {
    const scene = new Scene(this.#data.candidates, {
      scheme: scheme(),
      width: place.clientWidth,
      still: this.#lessMotion.matches,
      shows: (candidate) => this.#shows(candidate),
    });
    return drawingOf(chart, scene);
  }
}

function distanceFromWindow(place: HTMLElement): number {
  const { top, bottom } = place.getBoundingClientRect();
  return Math.max(0, top - innerHeight, -bottom);
}

function itemsOf(chart: Chart): readonly { readonly candidate: number }[] {
  switch (chart.kind) {
    case 'bars':
      return chart.bars;
    case 'percentiles':
    case 'curves':
      return chart.lines;
    case 'timelines':
      return chart.strips;
  }
}

function drawingOf(chart: Chart, scene: Scene): Drawing {
  switch (chart.kind) {
    case 'bars':
      return barsOption(chart, scene);
    case 'percentiles':
      return percentilesOption(chart, scene);
    case 'curves':
      return curvesOption(chart, scene);
    case 'timelines':
      return timelinesOption(chart, scene);
  }
}
