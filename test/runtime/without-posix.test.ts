import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type TestContext, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/architectures/main.js', import.meta.url));

/** As where koffi has no binary for the platform. */
const WITHOUT_KOFFI = `data:text/javascript,
  import Module from 'node:module';
  const resolve = Module._resolveFilename;
  Module._resolveFilename = (name, ...rest) => {
    if (name === 'koffi') throw new Error('not for this platform');
    return resolve(name, ...rest);
  };`;

function serve(architecture: string, { onTestFinished }: TestContext, ...words: string[]) {
  const args = ['--import', WITHOUT_KOFFI, MAIN, 'serve', '--port', '0', '--architecture', architecture, ...words];
  // Nobody logs in.
  const child = spawn(process.execPath, [...args, '--root', fileURLToPath(new URL('..', import.meta.url))]);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test.concurrent.for(['serial', 'reactor'])('%s serves without the C library', async (architecture, context) => {
  const child = serve(architecture, context);
  const [message] = (await once(child.stdout, 'data')) as [Buffer];
  context.expect(String(message)).toContain(`${architecture} · serving`);
});

test.concurrent.for(['prefork', 'thread-pool', 'hybrid-puma'])(
  '%s says in one line that it needs the C library, and what does not',
  async (architecture, context) => {
    const { code, said } = await failure(serve(architecture, context));
    context.expect(code).toBe(1);
    context.expect(said).toMatch(/^ohai-ftpd: .*serial and reactor do without.*\n$/);
  },
);

test.runIf(process.platform === 'linux')(
  'S21: --sandbox says in one line that it needs the C library, and serves nobody',
  async (context) => {
    const { code, said } = await failure(serve('prefork', context, '--sandbox'));
    context.expect(code).toBe(1);
    context.expect(said).toMatch(/^ohai-ftpd: --sandbox is not possible: .*koffi.*\n$/);
  },
);

async function failure(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  const [said, [code]] = await Promise.all([text(child.stderr!), once(child, 'close')]);
  return { code, said };
}
