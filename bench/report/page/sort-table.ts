/** Tables are sorted by a click on the head of a column. */

type Direction = 'ascending' | 'descending';

const OPPOSITE: Readonly<Record<Direction, Direction>> = { ascending: 'descending', descending: 'ascending' };

/** Makes a button of each head that says in which direction it sorts first. */
export function makeSortable(table: HTMLTableElement): void {
  const heads = [...table.tHead!.rows].at(-1)!.cells;
  for (const head of heads) {
    const first = head.dataset.sort as Direction | undefined;
    if (first === undefined) continue;
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const sorted = head.getAttribute('aria-sort') as Direction | null;
      const direction = sorted === null ? first : OPPOSITE[sorted];
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', direction);
      for (const body of table.tBodies) sort(body, head.cellIndex, direction);
    });
  }
}

/** Each group of rows by itself. A head over a group stays there; rows without a value stay behind. */
function sort(body: HTMLTableSectionElement, column: number, direction: Direction): void {
  const rows = [...body.rows].filter((row) => !row.classList.contains('divider'));
  const sign = direction === 'ascending' ? 1 : -1;
  const worthOf = (row: HTMLTableRowElement) => Number(row.cells[column]?.dataset.value ?? Number.NaN);
  rows.sort((one, other) => {
    const [mine, its] = [worthOf(one), worthOf(other)];
    if (Number.isNaN(mine) || Number.isNaN(its)) return Number(Number.isNaN(mine)) - Number(Number.isNaN(its));
    return sign * (mine - its);
  });
  body.append(...rows);
}
