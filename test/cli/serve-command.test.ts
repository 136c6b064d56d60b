import { realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashPassword, verifyPassword } from '../../src/accounts/password-hash.ts';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { confinementProblem } from '../../src/runtime/confinement.ts';
import { type CheckedFtpServiceOptions, checkFtpServiceOptions } from '../../src/services/ftp-options.ts';
import { SOFTWARE } from '../../src/services/software.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { FakeHost } from './fake-host.ts';
import { FakeRunner } from './fake-runner.ts';

async function serve(...words: string[]) {
  const host = new FakeHost();
  const runner = new FakeRunner('reactor', ['evented']);
  const root = await realpath(await temporaryDirectory());
  const ended = runCommandLine({
    architectures: [runner],
    argv: ['node', 'ohai-ftpd', 'serve', '--root', root, ...words],
    host,
  });
  const failed = await Promise.race([ended, runner.started.promise]);
  const stop = () => {
    runner.closed.resolve();
    host.emit('SIGTERM', 'SIGTERM');
    return ended;
  };
  const options = runner.runs[0]?.service.options as unknown as CheckedFtpServiceOptions;
  return {
    host,
    runner,
    root,
    ended,
    stop,
    options,
    out: host.takeOut(),
    code: failed,
    err: failed ? host.takeErr() : '',
  };
}

async function passwordFile(...names: string[]) {
  const path = join(await temporaryDirectory(), 'accounts');
  const hash = await hashPassword('secret', { ln: 4, r: 8, p: 1 });
  await writeFile(path, names.map((name) => `${name}:${hash}\n`).join(''));
  return path;
}

describe('serve without options', () => {
  test('S22: listens on 127.0.0.1:2121, for anonymous readers and one account with a new password', async () => {
    const { runner, root, options, out, stop } = await serve();
    expect(runner.runs[0]?.listen).toEqual({ host: '127.0.0.1', port: 2121 });
    expect(runner.runs[0]?.service.module).toMatch(/^file:.*\/src\/services\/ftp\.ts$/);
    expect(options).toEqual(checkFtpServiceOptions(options));
    expect(options).toMatchObject({ root, anonymous: 'read-only', architecture: 'reactor', greeting: 'OHAI' });

    const [, password = ''] = /ohai +may read and write, password (\w{13})\n/.exec(out) ?? [];
    expect(options.accounts).toEqual([
      expect.objectContaining({ name: 'ohai', permissions: expect.arrayContaining(['write', 'delete']) }),
    ]);
    expect(await verifyPassword(password, options.accounts[0]!.passwordHash)).toBe(true);
    expect(JSON.stringify(options)).not.toContain(password);
    expect(out).toBe(
      [
        `ohai-ftpd ${SOFTWARE.version} · reactor · serving ${root} on ftp://127.0.0.1:2121`,
        '  anonymous  may read',
        `  ohai       may read and write, password ${password}`,
        'Try:',
        '  curl ftp://127.0.0.1:2121/',
        `  curl -T file.txt -u ohai:${password} ftp://127.0.0.1:2121/`,
        '  ftp 127.0.0.1 2121',
        'Ctrl-C stops it.',
        '',
      ].join('\n'),
    );
    expect(await stop()).toBe(0);
  });

  test('is what happens without a command as well', async () => {
    const host = new FakeHost();
    const runner = new FakeRunner('reactor');
    runner.closed.resolve();
    const ended = runCommandLine({ architectures: [runner], argv: ['node', 'ohai-ftpd', '--port', '0'], host });
    await runner.started.promise;
    host.emit('SIGINT', 'SIGINT');
    expect(await ended).toBe(0);
    expect(host.takeOut()).toContain(`serving ${process.cwd()} on ftp://127.0.0.1:40021`);
  });
});

describe('serve', () => {
  test('hands every option to the service, times in milliseconds', async () => {
    const { runner, options, stop } = await serve(
      ...'--architecture evented --host ::1 --port 0 --writable --passive-ports 50000-50099 --passive-host 203.0.113.7'.split(
        ' ',
      ),
      ...'--login-timeout 1 --idle-timeout 2.5 --data-timeout 3 --stall-timeout 4 --login-attempts 5 --fsync'.split(
        ' ',
      ),
      ...'--symlinks deny --broken-uploads delete --ascii-conversion off --recursive-listings 1000'.split(' '),
      ...'--max-rate 100M --max-rate-per-user 1.5M --max-rate-anonymous 500k --max-rate-per-transfer 1000'.split(' '),
      ...'--log-level warn --log-format json --grace 0 --greeting'.split(' '),
      'Good day',
    );
    expect(runner.runs[0]?.listen).toEqual({ host: '::1', port: 0 });
    expect(options).toMatchObject({
      anonymous: 'writable',
      passive: { ports: [50_000, 50_099], host: '203.0.113.7' },
      timeouts: { loginMs: 1000, idleMs: 2500, dataConnectionMs: 3000, stallMs: 4000 },
      logins: { maxAttempts: 5 },
      fsync: true,
      symlinks: 'deny',
      brokenUploads: 'delete',
      asciiConversion: false,
      recursiveListingLimit: 1000,
      maxBytesPerSecond: { server: 104_857_600, perUser: 1_572_864, anonymous: 512_000, perTransfer: 1000 },
      log: { level: 'warn', format: 'json' },
      greeting: 'Good day',
    });
    await stop();
    expect(runner.graces).toEqual([0]);
  });

  test('hands what limits clients, processes and threads to the architecture', async () => {
    const { runner, stop } = await serve(
      ...'--workers 3 --queue 7 --max-connections 50 --max-per-address 5 --max-per-user 2 --ban-after 4 --ban-time 30'.split(
        ' ',
      ),
    );
    expect(runner.runs[0]).toMatchObject({
      workers: 3,
      queue: 7,
      maxConnections: 50,
      limits: {
        connections: 50,
        perAddress: 5,
        perUser: 2,
        bans: { failures: 4, withinMs: 600_000, firstMs: 30_000, longestMs: 86_400_000 },
      },
    });
    await stop();
  });

  test('limits nothing of that by itself, but bans who guesses passwords, unless told not to', async () => {
    const { runner, stop } = await serve();
    expect(runner.runs[0]).not.toHaveProperty('workers');
    expect(runner.runs[0]?.limits).toEqual({
      bans: { failures: 10, withinMs: 600_000, firstMs: 60_000, longestMs: 86_400_000 },
    });
    await stop();
    const lenient = await serve('--ban-after', '0');
    expect(lenient.runner.runs[0]?.limits).toEqual({});
    await lenient.stop();
  });

  test.each([
    ['--workers', '0'],
    ['--workers', '1025'],
    ['--max-connections', '0'],
    ['--max-per-address', 'many'],
    ['--ban-time', '0'],
    ['--run-as', ':nogroup'],
    ['--run-as', 'nobody:'],
    ['--run-as', 'nobody:nogroup:1'],
  ])('refuses %s %s', async (flag, value) => {
    const host = new FakeHost();
    const argv = ['node', 'ohai-ftpd', 'serve', flag, value];
    expect(await runCommandLine({ architectures: [new FakeRunner('reactor')], argv, host })).toBe(2);
    expect(host.takeErr()).toContain(flag);
  });

  test('speaks HTTP in place of FTP when told to', async () => {
    const { runner, root, out, stop } = await serve('--service', 'http', '--symlinks', 'deny');
    expect(runner.runs).toHaveLength(1);
    expect(runner.runs[0]).toMatchObject({ listen: { port: 8080 }, service: { options: { root, symlinks: 'deny' } } });
    expect(runner.runs[0]?.service.module).toMatch(/http\.\w+$/);
    expect(out).toContain(`serving ${root} on http://127.0.0.1:8080/\n`);
    expect(out).not.toContain('password');
    await stop();
  });

  test('speaks HTTP as well when it is given a port', async () => {
    const { runner, root, out, stop } = await serve('--http-port', '8081');
    expect(runner.runs.map(({ listen }) => listen.port)).toEqual([2121, 8081]);
    expect(out).toContain(`serving ${root} on ftp://127.0.0.1:2121 and http://127.0.0.1:8081/\n`);
    expect(out).toContain('  http://127.0.0.1:8081/ in a browser\n');
    await stop();
    expect(runner.graces).toHaveLength(2);
  });

  test.each([
    ['--http-port', '8081', '--no-anonymous'],
    ['--service', 'http', '--no-anonymous'],
    ['--service', 'http', '--http-port', '8081'],
  ])('refuses %s %s %s', async (...argv) => {
    expect(await serve(...argv)).toMatchObject({ code: 2, err: expect.stringMatching(/anonymous|--port/) });
  });

  test('names the one account as told, and leaves strangers out when told', async () => {
    const { options, out, stop } = await serve('--no-anonymous', '--user', 'alice');
    expect(options).toMatchObject({ anonymous: false, accounts: [{ name: 'alice' }] });
    expect(out).not.toContain('anonymous');
    expect(out).toMatch(/^ {2}curl -T file\.txt -u alice:\w{13} ftp/m);
    await stop();
  });

  test('knows the accounts of a password file and nobody else', async () => {
    const path = await passwordFile('alice', 'bob');
    const { options, out, stop } = await serve('--password-file', path);
    expect(options).toMatchObject({ anonymous: false, accounts: [], passwordFile: path });
    expect(options.passwordFileUsers).toBeUndefined();
    expect(out).toContain(`  2 accounts  of ${path}\n`);
    expect(out).toContain('  curl -u NAME ftp://');
    await stop();
  });

  test('lets in one account of a password file when it is named, and strangers only when that is said', async () => {
    const path = await passwordFile('alice', 'bob');
    const { options, out, stop } = await serve('--password-file', path, '--user', 'bob', '--anonymous');
    expect(options).toMatchObject({ anonymous: 'read-only', passwordFile: path, passwordFileUsers: ['bob'] });
    expect(out).toContain('  curl -u bob ftp://');
    await stop();
  });

  test('says plainly that FTP is not encrypted when others can reach it', async () => {
    const { out, stop } = await serve('--host', '0.0.0.0');
    expect(out).toContain('on ftp://0.0.0.0:2121\n');
    expect(out).toContain('\nPlain FTP: passwords and files cross the network unencrypted');
    expect(out).toContain('  curl ftp://127.0.0.1:2121/\n');
    await stop();
  });

  test('S21: warns when it runs as root, and only then', async () => {
    const messageOf = async (uid: number) => {
      const host = Object.assign(new FakeHost(), { geteuid: () => uid });
      const runner = new FakeRunner('reactor');
      const argv = ['node', 'ohai-ftpd', 'serve', '--root', await temporaryDirectory()];
      const ended = runCommandLine({ architectures: [runner], argv, host });
      await runner.started.promise;
      runner.closed.resolve();
      host.emit('SIGTERM', 'SIGTERM');
      await ended;
      return host.takeOut();
    };
    expect(await messageOf(0)).toContain('\nRuns as root: add --run-as USER.\nTry:\n');
    expect(await messageOf(1000)).not.toContain('Runs as');
  });

  test('writes trouble of the server to the log', async () => {
    const { host, runner, stop } = await serve('--log-format', 'json');
    runner.runs[0]?.onError?.(new Error('accept EMFILE'));
    expect(JSON.parse(host.takeErr())).toMatchObject({ level: 'error', reason: 'accept EMFILE' });
    await stop();
  });
});

describe('serve --sandbox', () => {
  async function sandboxed(runners: readonly FakeRunner[], ...words: string[]) {
    const host = new FakeHost();
    const root = await realpath(await temporaryDirectory());
    const argv = ['node', 'ohai-ftpd', 'serve', '--sandbox', '--root', root, ...words];
    const ended = runCommandLine({ architectures: runners, argv, host });
    const code = await Promise.race([ended, ...runners.map(({ started }) => started.promise)]);
    for (const runner of runners) runner.closed.resolve();
    host.emit('SIGTERM', 'SIGTERM');
    await ended;
    return { root, code, err: host.takeErr() };
  }
  const prefork = () => new FakeRunner('prefork', [], { confinable: true });

  test.runIf(confinementProblem() === undefined)(
    'S21: confines child processes to the root; the parent reads the password file for them; over HTTP, nothing is written',
    async () => {
      const runner = prefork();
      const path = await passwordFile('alice');
      const { root } = await sandboxed(
        [runner],
        ...['--architecture', 'prefork', '--password-file', path, '--anonymous', '--http-port', '0'],
      );
      expect(runner.runs.map(({ confinement }) => confinement)).toEqual([
        { writable: [root], readable: [path], readByParent: [path] },
        { readable: [root] },
      ]);
    },
  );

  test('S21: is refused with exit code 2 where there are no child processes, and tells where there are', async () => {
    const reactor = new FakeRunner('reactor');
    const { code, err } = await sandboxed([reactor, prefork(), new FakeRunner('serial')]);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^ohai-ftpd: --sandbox .*, and reactor serves .*; choose another --architecture: prefork; see .*\n$/,
    );
    expect(reactor.runs).toEqual([]);
  });

  test('confines nobody without the option', async () => {
    const { runner, stop } = await serve();
    expect(runner.runs[0]).not.toHaveProperty('confinement');
    await stop();
  });
});

describe('serve ends with exit code 1 and one line', () => {
  test('when the root does not exist', async () => {
    const { code, err } = await serve('--root', '/does/not/exist');
    expect(code).toBe(1);
    expect(err).toBe('ohai-ftpd: root /does/not/exist does not exist\n');
  });

  test('S20: when the root belongs to the system, unless that is allowed', async () => {
    const { code, err } = await serve('--root', '/proc');
    expect(code).toBe(1);
    expect(err).toBe(
      'ohai-ftpd: root /proc belongs to the system and is not served; if you mean it, add --allow-system-root\n',
    );
    const { options, stop } = await serve('--root', '/proc', '--allow-system-root');
    expect(options.root).toBe('/proc');
    await stop();
  });

  test('when the password file is missing, is wrong, lacks the account, or could be downloaded', async () => {
    const path = await passwordFile('alice');
    const problem = async (...words: string[]) => {
      const { code, err } = await serve('--password-file', ...words);
      expect(code).toBe(1);
      expect(err).toMatch(/^ohai-ftpd: [^\n]*\n$/);
      return err;
    };
    expect(await problem('/no/file')).toContain('password file /no/file does not exist');
    expect(await problem(path, '--user', 'bob')).toContain(`password file ${path} has no account 'bob'`);
    expect(await problem(path, '--root', join(path, '..'))).toMatch(
      /lies inside the served folder, .*; move it elsewhere, or serve another folder with --root\n$/,
    );
    await writeFile(path, 'alice:secret\n');
    expect(await problem(path)).toContain(`${path} line 1: `);
  });

  test.each([
    ['EADDRINUSE', 2121, 'port 2121 on 127.0.0.1 is in use; choose another with --port'],
    [
      'EACCES',
      21,
      'port 21 needs a privilege; choose one above 1023 with --port, or start as root and add --run-as USER',
    ],
    ['EADDRNOTAVAIL', 2121, '127.0.0.1 is not an address of this machine; choose one with --host'],
  ])('when listening fails with %s', async (code, port, message) => {
    const host = new FakeHost();
    const runner = new FakeRunner('reactor');
    runner.startError = Object.assign(new Error(`listen ${code}`), { code });
    const argv = ['node', 'ohai-ftpd', 'serve', '--port', String(port)];
    expect(await runCommandLine({ architectures: [runner], argv, host })).toBe(1);
    expect(host.takeErr().slice('ohai-ftpd: '.length, -1)).toEqual(message);
  });
});

describe('a signal', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
    'closes the server with the grace period, says so, and ends with 0 (%s)',
    async (signal) => {
      const { host, runner, ended } = await serve('--grace', '1.5');
      host.emit(signal, signal);
      expect(runner.graces).toEqual([1500]);
      expect(host.takeErr()).toMatch(new RegExp(`info {2}stopping: .* signal=${signal} connected=2 graceMs=1500\n$`));
      runner.closed.resolve();
      expect(await ended).toBe(0);
      expect(host.takeErr()).toMatch(/info {2}stopped served=7\n$/);
      expect(host.eventNames()).toEqual([]);
    },
  );

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('that comes second ends the process at once (%s: %i)', async (signal, code) => {
    const { host, runner, ended } = await serve();
    host.emit('SIGTERM', 'SIGTERM');
    expect(host.exitCodes).toEqual([]);
    host.emit(signal, signal);
    expect(host.exitCodes).toEqual([code]);
    runner.closed.resolve();
    await ended;
  });

  test('of a closed terminal, which the shell sends as well, does not count as a second one', async () => {
    const { host, runner, ended } = await serve();
    host.emit('SIGHUP', 'SIGHUP');
    host.emit('SIGHUP', 'SIGHUP');
    expect(host.exitCodes).toEqual([]);
    runner.closed.resolve();
    expect(await ended).toBe(0);
  });

  test('that npm passes on after the terminal sent it already does not count as a second one', async () => {
    const { host, runner, ended } = await serve();
    host.env.npm_command = 'start';
    host.emit('SIGINT', 'SIGINT');
    host.emit('SIGINT', 'SIGINT');
    expect(host.exitCodes).toEqual([]);
    host.emit('SIGTERM', 'SIGTERM');
    expect(host.exitCodes).toEqual([143]);
    runner.closed.resolve();
    await ended;
  });
});
