import { syntaxOf } from '../checks.ts';
import type { Row } from '../command.ts';
import { type Reply, reply } from '../reply.ts';

const VERBS_PER_LINE = 8;
const COLUMN = 9;

/** HELP and SITE HELP. @param rows of which the refused ones are left out. */
export function listOfCommands(title: string, rows: readonly Row[]): Reply {
  const verbs = rows.filter((row) => !row.refused).flatMap((row) => [row.verb, ...(row.aliases ?? [])]);
  const lines: string[] = [];
  for (let at = 0; at < verbs.length; at += VERBS_PER_LINE) {
    const line = verbs.slice(at, at + VERBS_PER_LINE).map((verb) => verb.padEnd(COLUMN));
    lines.push(line.join('').trimEnd());
  }
  return reply(214, title, ...lines, 'End');
}

/** HELP with a verb. */
export function explain(rows: readonly Row[], verb: string): Reply {
  const row = rows.find((each) => each.verb === verb || each.aliases?.includes(verb));
  if (!row) return reply(501, 'Unknown command; HELP lists those that are served.');
  return reply(214, `Syntax: ${syntaxOf(row)}`, `${row.verb} ${row.summary}.`, `Defined by: ${row.source}`, 'End');
}
