/** `--sandbox`: which files the child processes of a service may open. */
import { type Confinement, confinementProblem } from '../runtime/confinement.ts';
import type { Runner } from '../runtime/runner.ts';
import { Failure, UsageError } from './failure.ts';
import type { ServeAccounts } from './serve-accounts.ts';
import type { ServiceKind } from './serve-flags.ts';

interface Served {
  /** Real path. */
  readonly root: string;
  readonly accounts: ServeAccounts;
}

export const CONFINEMENTS: Readonly<Record<ServiceKind, (served: Served) => Confinement>> = {
  ftp: ({ root, accounts: { fromFile } }) => {
    const passwordFiles = fromFile ? [fromFile.path] : [];
    return { writable: [root], readable: passwordFiles, readByParent: passwordFiles };
  },
  http: ({ root }) => ({ readable: [root] }),
};

/**
 * @throws UsageError for an architecture whose clients are not served in child processes, Failure where the system cannot
 *   confine those.
 */
export function checkSandbox({ name, confinable }: Runner, architectures: readonly Runner[]): void {
  if (!confinable) {
    const others = architectures.flatMap((each) => (each.confinable ? each.name : []));
    throw new UsageError(
      `--sandbox confines child processes, and ${name} serves its clients in the process that listens; ` +
        `choose another --architecture: ${others.join(', ')}`,
    );
  }
  const problem = confinementProblem();
  if (problem !== undefined)
    throw new Failure(`--sandbox is not possible: ${problem}; without it, clients are served unconfined`);
}
