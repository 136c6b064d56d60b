/** What both kinds of FTP clients have to know of the steps of a plan. */
import type { Step } from './plan.ts';

/** Whom a client logs in as. */
export const USER = 'anonymous';
export const PASSWORD = 'bench@example.org';

/**
 * The steps of one client, for each of its operations: with its number, and that of the operation, where a path asks for it.
 */
export function stepsOf(steps: readonly Step[], client: number): (operation: number) => readonly Step[] {
  const ofClient = withPlace(steps, '{client}', client);
  return (operation) => withPlace(ofClient, '{operation}', operation);
}

function withPlace(steps: readonly Step[], place: string, number: number): readonly Step[] {
  if (!steps.some((step) => 'path' in step && step.path.includes(place))) return steps;
  return steps.map((step) => ('path' in step ? { ...step, path: step.path.replaceAll(place, String(number)) } : step));
}

/** The SHA-256 in a reply to HASH (draft-bryan-ftpext-hash): `213 SHA-256 0-49 6ae8… name`. */
export function digestIn(line: string): string | undefined {
  return /\b[0-9a-f]{64}\b/i.exec(line)?.[0].toLowerCase();
}
