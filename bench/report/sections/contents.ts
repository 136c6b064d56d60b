import type { WorkloadSummary } from '../../record/summary.ts';
import { type Html, html } from '../html.ts';
import { sectionOf } from './heat-map.ts';

export interface Group {
  readonly name: string;
  readonly workloads: readonly WorkloadSummary[];
}

/** Workloads of one group stand together, groups in the order in which they first come. */
export function groupsOf(workloads: readonly WorkloadSummary[]): Group[] {
  return [...new Set(workloads.map(({ workload }) => workload.group))].map((name) => ({
    name,
    workloads: workloads.filter(({ workload }) => workload.group === name),
  }));
}

export function contents(groups: readonly Group[]): Html {
  return html`<nav class="contents" aria-label="Contents"><ul>
<li><a href="#advice">Which one for me?</a></li>
<li><a href="#overview">At a glance</a></li>
${groups.map(
  ({ name, workloads }) =>
    html`<li><span>${name}</span><ul>${workloads.map(
      ({ workload }) => html`<li><a href="#${sectionOf(workload.name)}">${workload.title}</a></li>`,
    )}</ul></li>
`,
)}<li><a href="#environment">Machine and candidates</a></li>
<li><a href="#method">Method</a></li>
</ul></nav>`;
}
