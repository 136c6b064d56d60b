import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { landlockVersion } from '../../src/posix/landlock.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const BUILT = fileURLToPath(new URL('../../dist/src/posix/landlock.js', import.meta.url));

let outside: string;
let inside: string;

beforeEach(async () => {
  outside = await temporaryDirectory();
  inside = join(outside, 'inside');
  await mkdir(join(inside, 'directory'), { recursive: true });
  await writeFile(join(inside, 'file'), 'inside');
  await writeFile(join(outside, 'file'), 'outside');
});

/**
 * Runs code in a process of its own, since there is no way back. It is loaded by require(): import() would use the threads of
 * the pool, which must not be there yet.
 * @param code in which `inside`, `outside`, `restrictFiles`, `fs`, `fsp` (fs/promises), and `attempt(f)`, which gives the
 *   result of f or the code of its error, are known. @returns what it returns.
 */
async function inProcess(code: string): Promise<unknown> {
  const program = `
    const { Worker } = require('node:worker_threads');
    const fsp = fs.promises;
    const { restrictFiles } = require('${BUILT}');
    const [inside, outside] = process.argv.slice(1);
    const attempt = async (f) => { try { return await f(); } catch (error) { return error.code; } };
    (async () => { ${code} })().then((result) => console.log(JSON.stringify(result)));`;
  const args = ['--no-warnings', '-e', program, inside, outside];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

describe.runIf(landlockVersion() >= 3)('restrictFiles', () => {
  test('S21: leaves a process what is beneath a path, and nothing besides, on all threads that it uses from then on', async () => {
    const found = await inProcess(`
      restrictFiles([{ path: inside, access: 'read-write' }]);
      const thread = (path) => new Promise((resolve) => new Worker(
        'const { parentPort, workerData } = require("node:worker_threads");' +
        'try { parentPort.postMessage(require("node:fs").readFileSync(workerData, "utf8")) }' +
        'catch (error) { parentPort.postMessage(error.code) }', { eval: true, workerData: path }).once('message', resolve));
      const look = async (path) => [
        await attempt(() => fs.readFileSync(path, 'utf8')),
        await attempt(() => fsp.readFile(path, 'utf8')),
        await thread(path),
      ];
      return [await look(inside + '/file'), await look(outside + '/file')];`);
    expect(found).toEqual([
      ['inside', 'inside', 'inside'],
      ['EACCES', 'EACCES', 'EACCES'],
    ]);
  });

  test('S21: a link, .. or a descriptor of a directory outside is no way out', async () => {
    await symlink('../file', join(inside, 'link'));
    const found = await inProcess(`
      const fd = fs.openSync(outside, 'r');
      restrictFiles([{ path: inside, access: 'read-write' }]);
      const paths = [inside + '/link', inside + '/../file', '/proc/self/fd/' + fd + '/file', '/proc/self/mem', '/etc/passwd'];
      return Promise.all(paths.map((path) => attempt(() => fsp.readFile(path, 'utf8'))));`);
    expect(found).toEqual(['EACCES', 'EACCES', 'EACCES', 'EACCES', 'EACCES']);
  });

  test('S21: nothing can be made, changed, moved or removed outside', async () => {
    const found = await inProcess(`
      restrictFiles([{ path: inside, access: 'read-write' }]);
      const attempts = [
        () => fsp.writeFile(outside + '/file', 'changed'), () => fsp.writeFile(outside + '/new', ''),
        () => fsp.truncate(outside + '/file'), () => fsp.mkdir(outside + '/new'),
        () => fsp.symlink('x', outside + '/new'), () => fsp.unlink(outside + '/file'),
        () => fsp.rename(outside + '/file', inside + '/taken'), () => fsp.link(outside + '/file', inside + '/linked'),
        () => fsp.rename(inside + '/file', outside + '/given'), () => fsp.readdir(outside),
      ];
      const codes = [];
      for (const each of attempts) codes.push(await attempt(each));
      return codes;`);
    expect(found).toEqual([...Array<string>(7).fill('EACCES'), 'EXDEV', 'EACCES', 'EACCES']);
    expect(await readFile(join(outside, 'file'), 'utf8')).toBe('outside');
  });

  test('read-write: everything that an FTP client does can be done, from one directory to another as well', async () => {
    await inProcess(`
      restrictFiles([{ path: inside, access: 'read-write' }]);
      await fsp.writeFile(inside + '/new', 'new');
      await fsp.appendFile(inside + '/new', 'er');
      await fsp.truncate(inside + '/new', 4);
      await fsp.link(inside + '/new', inside + '/directory/linked');
      await fsp.rename(inside + '/new', inside + '/directory/moved');
      await fsp.symlink('moved', inside + '/directory/link');
      await fsp.mkdir(inside + '/made');
      await fsp.rmdir(inside + '/made');
      await fsp.unlink(inside + '/file');
      return (await fsp.readdir(inside)).length;`);
    expect(await readFile(join(inside, 'directory/link'), 'utf8')).toBe('newe');
  });

  test('read: can be read and listed, and not be written', async () => {
    const found = await inProcess(`
      restrictFiles([{ path: inside, access: 'read' }]);
      return [
        await fsp.readFile(inside + '/file', 'utf8'), await fsp.readdir(inside),
        await attempt(() => fsp.writeFile(inside + '/file', '')), await attempt(() => fsp.unlink(inside + '/file')),
      ];`);
    expect(found).toEqual(['inside', ['directory', 'file'], 'EACCES', 'EACCES']);
  });

  test('a rule for a file allows the file, and one for what is not there allows nothing that comes later', async () => {
    const found = await inProcess(`
      restrictFiles([
        { path: outside + '/file', access: 'read' }, { path: inside, access: 'read-write' },
        { path: outside + '/later', access: 'read' },
      ]);
      return [await fsp.readFile(outside + '/file', 'utf8'), await attempt(() => fsp.writeFile(outside + '/later', ''))];`);
    expect(found).toEqual(['outside', 'EACCES']);
  });

  test.runIf(landlockVersion() < 8)(
    'threads that there are already go free: it is for the start of a process',
    async () => {
      const found = await inProcess(`
      await fsp.readFile(inside + '/file');
      restrictFiles([{ path: inside, access: 'read' }]);
      return [await attempt(() => fs.readFileSync(outside + '/file', 'utf8')), await fsp.readFile(outside + '/file', 'utf8')];`);
      expect(found).toEqual(['EACCES', 'outside']);
    },
  );

  test.runIf(landlockVersion() >= 6)(
    'S21: the process can signal itself, and none that is not confined with it',
    async () => {
      const found = await inProcess(`
      restrictFiles([{ path: inside, access: 'read' }]);
      const awake = setInterval(() => {}, 1000);
      const heard = new Promise((resolve) => process.once('SIGUSR2', resolve));
      process.kill(process.pid, 'SIGUSR2');
      const signal = await heard;
      clearInterval(awake);
      return [signal, await attempt(() => process.kill(process.ppid, 0))];`);
      expect(found).toEqual(['SIGUSR2', 'EPERM']);
    },
  );

  test('S21: programs that the process executes give it no privileges', async () => {
    const found = await inProcess(`
      const before = fs.openSync('/proc/self/status');
      restrictFiles([]);
      return /NoNewPrivs:\\s*(\\d)/.exec(fs.readFileSync(before, 'utf8'))[1];`);
    expect(found).toBe('1');
  });

  test('names the call that failed, and restricts nothing then', async () => {
    const found = await inProcess(`
      const error = await Promise.resolve().then(() => restrictFiles([{ path: inside + '/file/x', access: 'read' }]))
        .catch(({ code, syscall }) => ({ code, syscall }));
      return [error, fs.readFileSync(outside + '/file', 'utf8')];`);
    expect(found).toEqual([{ code: 'ENOTDIR', syscall: 'open' }, 'outside']);
    const layers = await inProcess(`
      for (let layer = 1; ; layer++) {
        try { restrictFiles([{ path: inside, access: 'read' }]); } catch ({ name, code, syscall }) { return { layer, name, code, syscall }; }
      }`);
    expect(layers).toEqual({ layer: 17, name: 'PosixError', code: 'E2BIG', syscall: 'landlock_restrict_self' });
  });
});

test.runIf(process.platform !== 'linux')('elsewhere there is no Landlock', () => {
  expect(landlockVersion()).toBe(0);
});
