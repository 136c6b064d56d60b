import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { describeSystemError } from '../services/system-errors.ts';
import { checkIdentity, fingerprintOf, type TlsIdentity, TlsIdentityError } from '../tls/identity.ts';
import { selfSigned } from '../tls/self-signed.ts';
import { Failure } from './failure.ts';

/** Where this program keeps what it has made itself. */
export type StateFolder = string;

/** As systemd.exec(5) has it for services, and the XDG Base Directory Specification for people. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): StateFolder {
  const own = env.STATE_DIRECTORY?.split(':')[0];
  if (own) return own;
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'ohai-ftpd');
}

export interface KeptSelfSigned {
  readonly identity: TlsIdentity;
  readonly path: string;
  readonly fingerprint: string;
}

/**
 * A certificate of the server's own making, the same at each start: clients that were told to trust it know it again. When it
 * has expired, another one takes its place.
 * @param host that the server listens on. @throws Failure when it cannot be kept.
 */
export async function keptSelfSigned(folder: StateFolder, host: string): Promise<KeptSelfSigned> {
  const path = join(folder, 'self-signed.pem');
  try {
    const identity = (await readKept(path)) ?? (await makeAndKeep(folder, path, host));
    return { identity, path, fingerprint: fingerprintOf(identity.certificate) };
  } catch (error) {
    throw new Failure(`self-signed certificate ${path} ${describeSystemError(error)}`, { cause: error });
  }
}

/** Certificate and key in one file, so that they are always those of each other. */
async function readKept(path: string): Promise<TlsIdentity | undefined> {
  try {
    const pem = await readFile(path, 'utf8');
    const identity = { certificate: pem, key: pem };
    checkIdentity(identity);
    return identity;
  } catch (error) {
    if (error instanceof TlsIdentityError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function makeAndKeep(folder: StateFolder, path: string, host: string): Promise<TlsIdentity> {
  const { certificate, key } = selfSigned(namesOf(host));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(path, key + certificate, { mode: 0o600 });
  return { certificate: key + certificate, key: key + certificate };
}

const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

function namesOf(host: string): string[] {
  return [...new Set(['localhost', hostname(), '127.0.0.1', '::1', ...(ANY_ADDRESS.has(host) ? [] : [host])])];
}
