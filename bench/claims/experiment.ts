import type { Measurement } from '../promises/report.ts';

/** Shows whether something holds that is said of architectures, or of the kernel's calls that they are made of. */
export interface Experiment {
  /** For the list of experiments, and for the line above its results. */
  readonly title: string;
  /** @param scale how much is measured, as a multiple of what is enough for a look. */
  run(scale: number): AsyncIterable<Measurement>;
}
