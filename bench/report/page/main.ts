/** The script of the report: sorts tables, draws charts, changes colours. Without it, the tables are all there. */
import type { PageData } from '../charts/chart.ts';
import { followReading } from './contents.ts';
import { onPeersChange } from './peers.ts';
import { Plots } from './plots.ts';
import { makeSortable } from './sort-table.ts';
import { onSchemeChange } from './theme.ts';

const data = JSON.parse(document.getElementById('data')!.textContent) as PageData;
const plots = new Plots(data);
for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) makeSortable(table);
onSchemeChange(() => plots.redraw());
onPeersChange(
  data.candidates.some(({ kind }) => kind === 'peer'),
  () => plots.redraw(),
);
plots.draw();
followReading();
