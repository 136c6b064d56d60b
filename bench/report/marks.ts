/** What is to be known of a figure besides its value: a sign of one character, words, and what it means. */
import { CLIENT_LIMIT_SHARE } from '../record/noise.ts';
import type { Outcome } from '../record/record.ts';
import type { Cell } from '../record/summary.ts';
import { formatShare } from './format-figure.ts';
import { type Html, html } from './html.ts';

export interface Mark {
  readonly sign: string;
  readonly words: string;
  readonly means: string;
}

export const NOISY: Mark = {
  sign: '~',
  words: 'noisy',
  means: 'its repetitions lie further apart than the noise of the machine should let them; take the figure with care',
};

const CLIENT_LIMITED: Mark = {
  sign: '†',
  words: 'limited by the client',
  means: `the load clients came within ${formatShare(1 - CLIENT_LIMIT_SHARE)} of what they can do at all; the server may be capable of more`,
};

const OUTCOMES: Readonly<Record<Exclude<Outcome, 'ok'>, Mark>> = {
  failed: { sign: '×', words: 'failed', means: 'it did not start, died, hung or refused' },
  wrong: { sign: '≠', words: 'wrong', means: 'octets or counts were not those that they had to be' },
  skipped: { sign: '–', words: 'skipped', means: 'it cannot do this by its nature' },
};

/** All that there are, for the legend. */
export const MARKS: readonly Mark[] = [...Object.values(OUTCOMES), NOISY, CLIENT_LIMITED];

/** The outcome first, unless it is ok. */
export function marksOf({ outcome, noisy, clientLimited }: Cell): readonly Mark[] {
  if (outcome !== 'ok') return [OUTCOMES[outcome]];
  return [...(noisy ? [NOISY] : []), ...(clientLimited ? [CLIENT_LIMITED] : [])];
}

/** The sign, for those who see it; the words for all others, and for a pointer that rests on it. */
export function markHtml({ sign, words }: Mark): Html {
  return html`<span class="mark" title="${words}"><span aria-hidden="true">${sign}</span><span class="unseen"> ${words}</span></span>`;
}
