import type { DirectoryEntry } from '../../storage/file-system.ts';
import type { CommandContext } from '../command.ts';
import { oneLine } from '../list-formats.ts';
import type { ListSwitches } from '../list-switches.ts';
import { joinPath } from '../virtual-path.ts';
import { inOrder } from './list-order.ts';

export interface RecursiveListing {
  readonly switches: ListSwitches;
  readonly details: boolean;
  readonly format: (entry: DirectoryEntry) => string;
}

/**
 * `ls -R`: one directory after the other, each under its name. Not by recursion, not through links, and no further than
 * the limit of the settings: a client must not make the server walk for ever (security rule S13).
 */
export async function* recursively(
  context: CommandContext,
  top: string,
  { switches, details, format }: RecursiveListing,
): AsyncGenerator<string> {
  const { storage, environment } = context;
  let left = environment.settings.recursiveListingLimit;
  const waiting = [{ path: top, shown: '.' }];
  for (
    let directory = waiting.shift();
    directory && left > 0 && !context.interruption.aborted;
    directory = waiting.shift()
  ) {
    if (directory.shown !== '.') yield `\r\n${oneLine(directory.shown)}:\r\n`;
    for await (const batch of inOrder(storage.list(directory.path, { details }), switches)) {
      const entries = batch.filter(({ name }) => switches.all || !name.startsWith('.')).slice(0, left);
      left -= entries.length;
      yield entries.map(format).join('');
      for (const { name, type } of entries) {
        if (type !== 'directory') continue;
        waiting.push({ path: joinPath(directory.path, name), shown: `${directory.shown}/${name}` });
      }
      if (left === 0) break;
    }
  }
}
