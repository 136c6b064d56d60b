import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assumeIdentity, findIdentity, IdentityError, type IdentityNames } from '../runtime/identity.ts';
import { checkRoot } from '../services/root-directory.ts';
import { describeSystemError } from '../services/system-errors.ts';
import { Failure } from './failure.ts';
import { readNames } from './serve-accounts.ts';
import type { ServeFlags } from './serve-flags.ts';

type Flags = Pick<ServeFlags, 'runAs' | 'passwordFile' | 'allowSystemRoot'>;

/**
 * Prepares what `--run-as` asks for.
 * @param root real path of the directory that is served.
 * @returns what makes this process another user's for good, and then looks whether that one can serve; undefined without
 *   the option. Throws Failure when there is a way back to root, or when something is out of the user's reach (S21).
 * @throws Failure when this process cannot become that user at all.
 */
export function prepareRunAs(flags: Flags, root: string): (() => Promise<void>) | undefined {
  const { runAs } = flags;
  if (runAs === undefined) return undefined;
  const identity = explained(runAs, () => findIdentity(runAs));
  return async () => {
    explained(runAs, () => assumeIdentity(identity));
    for (const { demand, wayOut } of demands(flags, root)) {
      await demand().catch(({ message }: Error) => {
        throw new Failure(`as ${written(runAs)}: ${message}; ${wayOut}, or choose another user with --run-as`);
      });
    }
  };
}

/** What is opened again, now or later, by this process and by those that it starts. */
function demands({ passwordFile, allowSystemRoot }: Flags, root: string) {
  const install = 'install it where everybody may read it';
  const grant = 'change its owner or mode';
  return [
    { demand: () => accessible(process.execPath, constants.X_OK), wayOut: install },
    { demand: () => accessible(fileURLToPath(import.meta.url), constants.R_OK), wayOut: install },
    { demand: () => checkRoot(root, { force: allowSystemRoot ?? false }), wayOut: grant },
    ...(passwordFile === undefined ? [] : [{ demand: () => readNames(resolve(passwordFile)), wayOut: grant }]),
  ] satisfies { demand: () => Promise<unknown>; wayOut: string }[];
}

async function accessible(program: string, mode: number): Promise<void> {
  await access(program, mode).catch((error: unknown) => {
    throw new Error(`the program ${program} ${describeSystemError(error)}`);
  });
}

function explained<T>(names: IdentityNames, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    throw new Failure(`--run-as ${written(names)}: ${error.message}`, { cause: error });
  }
}

function written({ user, group }: IdentityNames): string {
  return group === undefined ? user : `${user}:${group}`;
}
