import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { architectures } from 'ohai-ftpd/architectures';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ControlClient } from '../support/control-client.ts';
import { freePrivilegedRange } from '../support/free-range.ts';
import { credentialsOf, descendantsOf, threadsOf } from '../support/process-tree.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** The program as it is installed; `npm test` builds it first. */
const MAIN = fileURLToPath(new URL('../../dist/architectures/main.js', import.meta.url));
const HOST = '127.0.0.1';
/** Without anything of its own, on every system. */
const USER = 'nobody';

interface Wanted {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** What id(1) says of a user. */
function idOf(user: string): Wanted {
  const numbers = (option: string) =>
    execFileSync('id', [option, user], { encoding: 'utf8' }).trim().split(' ').map(Number);
  return { uid: numbers('-u')[0]!, gid: numbers('-g')[0]!, groups: numbers('-G') };
}

/** Why this cannot be tested here. */
function obstacle(): string | undefined {
  if (process.platform !== 'linux') return 'looks into /proc';
  if (process.geteuid?.() !== 0) return 'only root can give up its privileges';
  const { uid, gid } = idOf(USER);
  const { status } = spawnSync(process.execPath, [MAIN, '--version'], { uid, gid });
  return status === 0 ? undefined : `the user ${USER} may not read this program`;
}

const OBSTACLE = obstacle();

beforeEach(({ skip }) => skip(OBSTACLE !== undefined, OBSTACLE));

/** A directory for a user and nobody else, which the test's own user can look into since it is root. */
async function directoryOf({ uid, gid }: Pick<Wanted, 'uid' | 'gid'>): Promise<string> {
  const directory = await temporaryDirectory();
  await chown(directory, uid, gid);
  return directory;
}

/** As whom a program is started, and by what. */
interface Start {
  readonly uid?: number;
  readonly gid?: number;
  /** Words in front of the command line. */
  readonly by?: readonly string[];
}

async function start(words: readonly string[], { by = [], ...as }: Start = {}) {
  // Where root was when it started the server is nobody else's business.
  const cwd = as.uid === undefined ? await temporaryDirectory() : '/';
  const [program, ...args] = [...by, process.execPath, MAIN, 'serve', '--log-level', 'error', ...words];
  const child = spawn(program!, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], ...as });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close') as Promise<[code: number | null]>;
  return { child, closed, err: text(child.stderr) };
}

/** Starts what is to serve, and waits until it does. */
async function serve(words: readonly string[], how?: Start) {
  const { child, closed, err } = await start(words, how);
  let message = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    message += chunk;
    if (message.endsWith('Ctrl-C stops it.\n')) break;
  }
  if (!message.endsWith('Ctrl-C stops it.\n')) throw new Error(`it did not start: ${await err}`);
  return {
    message,
    pid: child.pid!,
    password: /password (\w+)/.exec(message)?.[1] ?? '',
    async stop() {
      child.kill('SIGTERM');
      const [code] = await closed;
      return { code, err: await err };
    },
  };
}

/** Starts what is not to serve. */
async function fail(words: readonly string[], how?: Start) {
  const { child, closed, err } = await start(words, how);
  const out = await text(child.stdout);
  const [code] = await closed;
  return { code, out, err: await err };
}

function expectReduced(pid: number, { uid, gid, groups }: Wanted): void {
  const threads = credentialsOf(pid);
  expect(threads.length).toBeGreaterThan(0);
  for (const thread of threads) {
    expect(thread).toEqual({
      uids: [uid, uid, uid, uid],
      gids: [gid, gid, gid, gid],
      groups: [...groups].sort((a, b) => a - b),
      capabilities: 0n,
    });
  }
}

describe('S21: started as root with --run-as,', () => {
  test.each(architectures.map((runner) => [runner.name, runner.traits] as const))(
    '%s serves from a privileged port with no privilege in any thread of any process',
    async (name, { accepts, serves }) => {
      const wanted = idOf(USER);
      const root = await directoryOf(wanted);
      const [port] = await freePrivilegedRange(1);
      const server = await serve([
        ...['--architecture', name, '--root', root, '--port', String(port), '--run-as', USER, '--workers', '2'],
      ]);
      expect(server.message).toContain(`on ftp://${HOST}:${port}\n`);
      expect(server.message).not.toContain('Runs as root');

      const client = await ControlClient.login({ address: HOST, port }, 'ohai', server.password);
      onTestFinished(() => client.close());
      expect((await client.upload('STOR file', 'hello')).last.code).toBe(226);
      expect(String((await client.download('RETR file')).octets)).toBe('hello');
      expect(String((await client.download('NLST')).octets)).toBe('file\r\n');
      expect(await client.code('MKD directory')).toBe(257);
      for (const entry of ['file', 'directory']) {
        expect(await stat(join(root, entry))).toMatchObject({ uid: wanted.uid, gid: wanted.gid });
      }

      const children = descendantsOf(server.pid);
      expect(children.length > 0).toBe(`${accepts}, ${serves}`.includes('child'));
      expect(threadsOf(server.pid)).toBeGreaterThan(1);
      for (const pid of [server.pid, ...children]) expectReduced(pid, wanted);

      client.close();
      expect(await server.stop()).toEqual({ code: 0, err: '' });
    },
  );

  test('FTP and HTTP are both bound before; user and group may be numbers that nothing else knows', async () => {
    const wanted = { uid: 54_321, gid: 54_322, groups: [54_322] };
    const root = await directoryOf(wanted);
    await writeFile(join(root, 'file'), 'hello');
    const [port, httpPort] = await freePrivilegedRange(2);
    const words = ['--root', root, '--port', String(port), '--http-port', String(httpPort), '--run-as', '54321:54322'];
    const server = await serve([...words, '--architecture', 'prefork', '--workers', '2']);
    const client = await ControlClient.login({ address: HOST, port }, 'anonymous', '');
    onTestFinished(() => client.close());
    expect(String((await client.download('RETR file')).octets)).toBe('hello');
    const answer = await fetch(`http://${HOST}:${httpPort}/file`);
    expect(await answer.text()).toBe('hello');
    const children = descendantsOf(server.pid);
    expect(children).toHaveLength(4);
    for (const pid of [server.pid, ...children]) expectReduced(pid, wanted);
    client.close();
    expect(await server.stop()).toEqual({ code: 0, err: '' });
  });

  test('a child that is killed is replaced by one without privileges, which serves the same port', async () => {
    const wanted = idOf(USER);
    const root = await directoryOf(wanted);
    const [port] = await freePrivilegedRange(1);
    const words = ['--architecture', 'prefork', '--workers', '1', '--root', root, '--run-as', USER];
    const server = await serve([...words, '--port', String(port)]);
    const [first] = descendantsOf(server.pid);
    process.kill(first!, 'SIGKILL');
    // Greeted by the successor: nobody else is there to do it.
    const client = await ControlClient.connect({ address: HOST, port });
    onTestFinished(() => client.close());
    const [second, ...others] = descendantsOf(server.pid);
    expect(others).toEqual([]);
    expect(second).not.toBe(first);
    expectReduced(second!, wanted);
  });

  test('the groups that root had are gone, and a group that is named is the first', async ({ skip }) => {
    if (spawnSync('setpriv', ['--groups', '0,4,24', 'true']).status !== 0) skip('setpriv(1) cannot set groups here');
    const { uid, gid, groups } = idOf(USER);
    // It takes the place of the one that the user's entry in passwd(5) names.
    const wanted = { uid, gid: 54_322, groups: [54_322, ...groups.filter((group) => group !== gid)] };
    const words = ['--root', await directoryOf(wanted), '--port', '0', '--run-as', `${USER}:54322`];
    const server = await serve(words, { by: ['setpriv', '--groups', '0,4,24'] });
    expectReduced(server.pid, wanted);
  });
});

describe('S21: nothing is served, and one line says why,', () => {
  const refusal = (err: string) => ({ code: 1, out: '', err: `ohai-ftpd: ${err}\n` });

  test.each([
    ['does-not-exist', "there is no user 'does-not-exist'"],
    [`${USER}:does-not-exist`, "there is no group 'does-not-exist'"],
    ['54321', 'there is no entry for user 54321 that tells its group; add one, as in 54321:54321'],
    ['root', 'that is root itself; choose another user'],
    ['0:54321', 'that is root itself; choose another user'],
    [`${USER}:0`, 'that is the group of root; choose another one, as in USER:GROUP'],
  ])('for --run-as %s', async (whom, reason) => {
    const words = ['--root', await temporaryDirectory(), '--port', '0', '--run-as', whom];
    expect(await fail(words)).toEqual(refusal(`--run-as ${whom}: ${reason}`));
  });

  test('when --run-as is not given by root', async () => {
    const { uid, gid } = idOf(USER);
    const words = ['--root', await directoryOf({ uid, gid }), '--port', '0', '--run-as', 'daemon'];
    expect(await fail(words, { uid, gid })).toEqual(
      refusal(
        '--run-as daemon: only root can become another user; start it as root, or let it serve as the user that you are',
      ),
    );
  });

  test('when a privileged port is wanted by somebody else', async ({ skip }) => {
    const { uid, gid } = idOf(USER);
    const [port] = await freePrivilegedRange(1);
    const bind = `require('net').createServer().listen(${port}, '${HOST}', process.exit).on('error', () => process.exit(1))`;
    if (spawnSync(process.execPath, ['-e', bind], { uid, gid }).status === 0)
      skip('here everybody may bind every port');
    expect(await fail(['--root', await directoryOf({ uid, gid }), '--port', String(port)], { uid, gid })).toEqual(
      refusal(
        `port ${port} needs a privilege; choose one above 1023 with --port, or start as root and add --run-as USER`,
      ),
    );
  });

  test.each(architectures.map(({ name }) => name))(
    'when the user may not read the root, before any client is served (%s)',
    async (name) => {
      const parent = await temporaryDirectory();
      const root = join(parent, 'root');
      await mkdir(root);
      await chmod(root, 0o777);
      const words = ['--architecture', name, '--root', root, '--port', '0', '--run-as', USER];
      expect(await fail(words)).toEqual(
        refusal(
          `as ${USER}: root ${root} may not be accessed by this user; change its owner or mode, ` +
            'or choose another user with --run-as',
        ),
      );
    },
  );

  test('when the user may not read the password file', async () => {
    const accounts = join(await temporaryDirectory(), 'accounts');
    await writeFile(accounts, '', { mode: 0o600 });
    const words = [
      '--root',
      await directoryOf(idOf(USER)),
      '--password-file',
      accounts,
      '--port',
      '0',
      '--run-as',
      USER,
    ];
    expect(await fail(words)).toEqual(
      refusal(
        `as ${USER}: password file ${accounts} may not be accessed by this user; change its owner or mode, ` +
          'or choose another user with --run-as',
      ),
    );
  });

  test('when one of two ports is taken', async () => {
    const other = createServer().listen(0, HOST);
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const words = ['--root', await directoryOf(idOf(USER)), '--port', '0', '--http-port', String(port)];
    expect(await fail([...words, '--run-as', USER])).toEqual(
      refusal(`port ${port} on ${HOST} is in use; choose another with --port`),
    );
  });

  test('when the process could become root again', async ({ skip }) => {
    // With this bit the capabilities stay when the user changes (capabilities(7), SECBIT_NO_SETUID_FIXUP).
    const by = ['setpriv', '--securebits', '+no_setuid_fixup'];
    if (spawnSync(by[0]!, [...by.slice(1), 'true']).status !== 0) skip('setpriv(1) cannot set securebits here');
    const words = ['--root', await directoryOf(idOf(USER)), '--port', '0', '--run-as', USER];
    expect(await fail(words, { by })).toEqual(
      refusal(
        `--run-as ${USER}: this process could become root again (securebits in capabilities(7)?), ` +
          'and does not serve like that',
      ),
    );
  });
});
