/** The colours of the report, once for paper and once for a dark room. The style sheet and the charts share them. */

/** By day, by night: `#rrggbb`. */
export type Colour = readonly [light: string, dark: string];

/** Text in `ink`, `dim`, `accent`, `bad` or `warn` has a contrast of 4.5 and more to `paper`, `card` and `soft`; a test counts it. */
export const COLOURS = {
  paper: ['#f8f8f5', '#0f1317'],
  card: ['#ffffff', '#161b20'],
  soft: ['#f0f1ed', '#1d232a'],
  line: ['#dfe1db', '#2c343c'],
  ink: ['#191c20', '#e7eaed'],
  dim: ['#565e67', '#a0aab4'],
  accent: ['#0a6b5c', '#5ccbb6'],
  bad: ['#a3301e', '#ff9c88'],
  warn: ['#7d5200', '#e9bb62'],
} as const satisfies Record<string, Colour>;

/** For lines and bars, in the order of the architectures: kin in kindred colours. 3 and more to `card`. */
export const LINE_COLOURS: readonly Colour[] = [
  ['#7a5a2f', '#cda874'],
  ['#b3261e', '#ff8b7b'],
  ['#c05f00', '#ffb26b'],
  ['#8f2d87', '#e08fd8'],
  ['#6641cf', '#ae99ff'],
  ['#1166cc', '#70b3ff'],
  ['#007a68', '#4fcfb8'],
  ['#47790a', '#9bd25f'],
  ['#0a7d9c', '#5cc6e8'],
];

/** Of servers that are not ours: there to compare with, not to compete for the eye. */
export const PEER_COLOUR: Colour = ['#6a727b', '#98a2ac'];

/** From the worst to the best. All of them let `ink` be read on them. */
export const HEAT: Readonly<Record<'light' | 'dark', readonly string[]>> = {
  light: ['#f5f3ee', '#d8ebe3', '#a5d9c9', '#63bfa8'],
  dark: ['#1c2127', '#1b3837', '#195049', '#166a5d'],
};
