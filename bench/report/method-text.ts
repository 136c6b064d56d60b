/** How the figures came about, for whoever reads a report: a paragraph each. */
import { CLIENT_LIMIT_SHARE, NOISE, type NoiseRule } from '../record/noise.ts';
import type { Unit } from '../record/record.ts';
import { formatFigure, formatShare } from './format-figure.ts';

const noiseRules = Object.entries(NOISE)
  .map(([unit, rule]) => `${formatShare(rule.share)} for ${rule.figures}${orLeast(rule, unit as Unit)}`)
  .join(', ');

export const METHOD_TEXT: readonly string[] = [
  `Each candidate runs in processes of its own, on the loopback interface, set up as equally as it allows. Clients live in
other processes: they never share an event loop with what they measure. They do share the machine: servers and clients compete
for its processors, as they would not with a network between them.`,
  `Each run warms up before it is measured, and every answer is checked in it: octets, hashes, counts. Who answers wrongly has no
figure, however fast it was.`,
  `Runs of one workload are interleaved: each candidate once, then each again. A figure is the median of its runs, with the
least and the most beside it. Only runs count in which all that came was right; a candidate that managed most of its runs is
taken as able to do it, and what went wrong is told all the same.`,
  `A figure is noisy when the least and the most of its runs lie further apart than ${noiseRules}. A workload is noisy when a
third or more of its candidates are: small differences say nothing then.`,
  `Two candidates whose ranges overlap are not said to differ.`,
  `With a fixed rate, a latency counts from when its request should have been sent: a server that stalls is not excused from the
requests that it kept from being sent. A percentile is told on the page only if there were enough requests to tell it from the
slowest of all: the 99.9th needs a thousand.`,
  `A share is the median over the best one at the same number of clients, or the best over it where less is better. Counts of
which fewer are better, such as clients lost, are compared with one added to each: so none is better than one.`,
  `What the clients can do at the most has been measured first. A figure for which they used ${formatShare(CLIENT_LIMIT_SHARE)} of their
processor or more is marked: the candidate may be able to do more.`,
  `Processor time, switches and memory are those of all processes of a candidate, as Linux counts them. They are looked at now
and then, so seldom that it takes less than a hundredth of a core; memory once, when the clients have done their work and are
still there.`,
].map((paragraph) => paragraph.replaceAll('\n', ' '));

function orLeast({ least }: NoiseRule, unit: Unit): string {
  return least === 0 ? '' : ` (and ${formatFigure(least, unit)})`;
}
