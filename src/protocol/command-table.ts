import type { Row } from './command.ts';
import { dataConnectionCommands } from './commands/data-connection.ts';
import { directoryCommands } from './commands/directories.ts';
import { fileCommands } from './commands/files.ts';
import { hashCommands } from './commands/hash.ts';
import { informationCommands } from './commands/information.ts';
import { listingCommands } from './commands/listing.ts';
import { loginCommands } from './commands/login.ts';
import { parameterCommands } from './commands/parameters.ts';
import { securityCommands } from './commands/security.ts';
import { siteCommands } from './commands/site.ts';
import { timeCommands } from './commands/times.ts';
import { transferCommands } from './commands/transfer.ts';

/** Every command, by topic. The order is that of HELP and of the documentation. */
export const commandTable: readonly Row[] = [
  ...loginCommands,
  ...directoryCommands,
  ...parameterCommands,
  ...dataConnectionCommands,
  ...transferCommands,
  ...listingCommands,
  ...fileCommands,
  ...timeCommands,
  ...hashCommands,
  ...informationCommands,
  ...securityCommands,
  ...siteCommands,
];

const byVerb = new Map(commandTable.flatMap((row) => [row.verb, ...(row.aliases ?? [])].map((verb) => [verb, row])));

/** The row of a verb or of one of its aliases. @param verb in upper case. */
export function rowFor(verb: string): Row | undefined {
  return byVerb.get(verb);
}
