import { PERMISSIONS } from '../../../src/accounts/account.ts';
import {
  type Account,
  type Authenticator,
  type FtpServer,
  type FtpServerOptions,
  MemoryFileSystem,
} from '../../../src/index.ts';
import type { ControlClient, ReceivedReply } from '../../support/control-client.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { loggedIn, startTestServer } from '../../support/test-server.ts';

interface Served {
  readonly server: FtpServer;
  /** Has logged in, and is gone when the test ends. */
  readonly client: ControlClient;
}

/** A client of a server with these files in memory. */
export async function servedFiles(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  options: FtpServerOptions = {},
): Promise<Served & { readonly storage: MemoryFileSystem }> {
  const storage = new MemoryFileSystem({ files });
  const server = await startTestServer({ fileSystem: storage, ...options });
  return { server, storage, client: await loggedIn(server) };
}

/** A client of a server with an empty directory of the disk, which is removed when the test ends. */
export async function servedDirectory(options: FtpServerOptions = {}): Promise<Served & { readonly root: string }> {
  const root = await temporaryDirectory();
  const server = await startTestServer({ root, ...options });
  return { server, root, client: await loggedIn(server) };
}

/** Lets everybody in, with all permissions unless `account` says otherwise. */
export function everybodyIs(account: Partial<Account>): Authenticator {
  return {
    authenticate: async ({ user }) => ({ name: user, home: '/', permissions: PERMISSIONS, ...account }),
  };
}

/** The one line of a reply, with its code. */
export function text(answer: ReceivedReply): string {
  return answer.lines.join('\n');
}
