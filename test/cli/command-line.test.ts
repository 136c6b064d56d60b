import { describe, expect, test } from 'vitest';
import { architectures } from '../../architectures/index.ts';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { FakeHost } from './fake-host.ts';
import { FakeRunner } from './fake-runner.ts';

const ARCHITECTURES = [new FakeRunner('reactor'), new FakeRunner('hybrid-nginx', ['hybrid'])];

async function run(...words: string[]) {
  const host = new FakeHost();
  const code = await runCommandLine({ architectures: ARCHITECTURES, argv: ['node', 'ohai-ftpd', ...words], host });
  return { code, out: host.takeOut(), err: host.takeErr() };
}

describe('the command line', () => {
  test('prints the version of the package', async () => {
    expect(await run('--version')).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' });
  });

  test.each([['--help'], ['help'], ['serve', '--help'], ['passwd', '--help'], ['help', 'serve']])(
    'explains itself with examples for %s %s',
    async (...words) => {
      const { code, out, err } = await run(...words);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('Examples:\n  ohai-ftpd ');
    },
  );

  test('names architectures that there are in its examples', async () => {
    const helps = [await run('--help'), await run('serve', '--help'), await run('passwd', '--help')];
    const named = helps.flatMap(({ out }) =>
      [...out.matchAll(/ohai-ftpd .*--architecture (\S+)/g)].map(([, name]) => name),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(architectures.map(({ name }) => name)).toEqual(expect.arrayContaining(named));
  });

  test('lists the architectures that it was given, with their aliases', async () => {
    expect(await run('architectures')).toEqual({
      code: 0,
      err: '',
      out: [
        'NAME                  AT A TIME  PATTERN           HOW',
        'reactor               0          None (chapter 0)  nobody is served',
        'hybrid-nginx, hybrid  0          None (chapter 0)  nobody is served',
        '',
      ].join('\n'),
    });
  });

  test.each([
    ['serv', "unknown command 'serv' (did you mean serve?); see ohai-ftpd serve --help"],
    ['frobnicate', "unknown command 'frobnicate'; see ohai-ftpd serve --help"],
    ['help frobnicate', "unknown command 'frobnicate'; see ohai-ftpd serve --help"],
    ['help serv', "unknown command 'serv' (did you mean serve?); see ohai-ftpd serve --help"],
    ['serve x', "too many arguments for 'serve'. Expected 0 arguments but got 1; see ohai-ftpd serve --help"],
    ['serve --prot 1', "unknown option '--prot' (did you mean --port?); see ohai-ftpd serve --help"],
    ['--prot 1', "unknown option '--prot' (did you mean --port?); see ohai-ftpd serve --help"],
    [
      'serve --architecture raector',
      "unknown architecture 'raector' (did you mean reactor?); there are reactor, hybrid-nginx, hybrid; see ohai-ftpd serve --help",
    ],
    ['serve --greeting', "option '--greeting <text>' argument missing; see ohai-ftpd serve --help"],
    ['serve --no-anonymous --writable', expect.stringContaining('add --anonymous; see ohai-ftpd serve --help')],
    ['serve --user a:b', "the name 'a:b' of --user contains ':'; see ohai-ftpd serve --help"],
    ['serve --login-attempts 0', expect.stringContaining('must be a whole number from 1 to 1000')],
    ['passwd', "missing required argument 'file'; see ohai-ftpd passwd --help"],
    ['passwd f a:b', "the name 'a:b' contains ':'; see ohai-ftpd passwd --help"],
    ['passwd f alice --permissions raed', expect.stringContaining("unknown permission 'raed' (known: read-only,")],
    ['passwd f alice --home x', expect.stringContaining("home 'x' does not begin with '/'")],
    ['passwd f alice --delete --home /x', '--delete goes with no other option; see ohai-ftpd passwd --help'],
  ])('refuses "%s" with exit code 2 and one line', async (words, message) => {
    const { code, out, err } = await run(...words.split(' '));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^ohai-ftpd: [^\n]+\n$/);
    expect(err.slice('ohai-ftpd: '.length, -1)).toEqual(message);
  });

  test.each([
    ['--port', 'x', '65536', '-1', '21.5'],
    ['--passive-ports', '5', '2-1', '0-5', '1-70000', 'a-b'],
    ['--passive-host', 'example.com', '::1', '1.2.3'],
    ['--idle-timeout', '0', '-1', 'x', '1e3', '99999999'],
    ['--grace', 'x', '-1'],
    ['--symlinks', 'yes'],
    ['--broken-uploads', 'yes'],
    ['--ascii-conversion', 'true'],
    ['--log-level', 'loud'],
    ['--log-format', 'xml'],
    ['--recursive-listings', '-1', 'all'],
    ['--root', ''],
    ['--host', ''],
    ['--password-file', ''],
  ])('refuses wrong values of %s', async (option, ...values) => {
    for (const value of values) {
      const { code, err } = await run('serve', `${option}=${value}`);
      expect(code, value).toBe(2);
      expect(err, value).toMatch(
        new RegExp(`^ohai-ftpd: option '${option} <[^>]+>' argument '${value}' is invalid\\. [^\\n]+\\n$`),
      );
    }
  });

  test('S16: does not let a hostile word reach the terminal', async () => {
    const { err } = await run('serve', '--architecture', 'a\n\x1b[31m');
    expect(err).toContain("'a\\u000a\\u001b[31m'");
  });

  test('outlives a reader of its output that went away', async () => {
    const host = new FakeHost();
    await runCommandLine({ architectures: [], argv: ['node', 'ohai-ftpd', 'architectures'], host });
    for (const code of ['EPIPE', 'EIO']) {
      const lost = Object.assign(new Error(`write ${code}`), { code });
      expect(() => host.stdout.emit('error', lost)).not.toThrow();
    }
    expect(() => host.stdout.emit('error', new Error('other'))).toThrow('other');
  });
});
