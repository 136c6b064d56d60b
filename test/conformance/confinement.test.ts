import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Confinement, ConfinementError, ftpServiceSpec, hashPassword, type RunningServer } from 'ohai-ftpd';
import { architectures } from 'ohai-ftpd/architectures';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { confinementProblem } from '../../src/runtime/confinement.ts';
import { ControlClient } from '../support/control-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { recordSession } from './transcript.ts';

const USER = 'tester';
const PASSWORD = 'secret';

/** Holds the root that is served, the password file, and a file of somebody else. */
let outside: string;
let root: string;
let passwordFile: string;

beforeEach(async () => {
  outside = await temporaryDirectory();
  root = join(outside, 'root');
  passwordFile = join(outside, 'accounts');
  await mkdir(root);
  await writeFile(join(outside, 'private'), 'private');
  await writePasswordFile(PASSWORD);
});

/** As editors do it, and `ohai-ftpd passwd`: under another name, and then renamed. */
async function writePasswordFile(password: string): Promise<void> {
  const hash = await hashPassword(password, { ln: 4, r: 8, p: 1 });
  await writeFile(`${passwordFile}.new`, `${USER}:${hash}:read-write\n`);
  await rename(`${passwordFile}.new`, passwordFile);
}

async function start(name: string, confinement?: Confinement): Promise<RunningServer> {
  const service = ftpServiceSpec({
    root,
    passwordFile,
    symlinks: 'follow',
    anonymous: 'read-only',
    logins: { failureDelayMs: 0 },
    log: { level: 'silent' },
  });
  const runner = architectures.find((each) => each.name === name)!;
  const running = await runner.run({
    service,
    listen: { host: '127.0.0.1', port: 0 },
    // One child, so that it has seen what was there before.
    workers: 1,
    ...(confinement && { confinement }),
  });
  onTestFinished(() => running.close({ graceMs: 0 }));
  return running;
}

function toServedFiles(): Confinement {
  return { writable: [root], readable: [passwordFile], readByParent: [passwordFile] };
}

async function login(running: RunningServer, password = PASSWORD): Promise<ControlClient> {
  const client = await ControlClient.login(running.address, USER, password);
  onTestFinished(() => client.close());
  return client;
}

const confinable = architectures.filter((runner) => runner.confinable).map(({ name }) => name);

describe.runIf(confinementProblem() === undefined)('S21: child processes that are confined to the served files', () => {
  describe.each(confinable)('%s', (name) => {
    test('have the same session as all others, to the last octet', async () => {
      const running = await start(name, toServedFiles());
      await expect(await recordSession(running.address, USER, PASSWORD)).toMatchFileSnapshot('session.txt');
    });

    test('take a file from one directory to another, and name the owners of files in a listing', async () => {
      const listings = [];
      for (const confinement of [undefined, toServedFiles()]) {
        const client = await login(await start(name, confinement));
        await client.upload('STOR file', 'content');
        expect(await client.code('MKD directory')).toBe(257);
        expect(await client.code('RNFR file')).toBe(350);
        expect(await client.code('RNTO directory/file')).toBe(250);
        listings.push((await client.download('LIST directory')).octets.toString());
        expect(await client.code('DELE directory/file')).toBe(250);
        expect(await client.code('RMD directory')).toBe(250);
        client.close();
      }
      // Permissions, links, owner, group, size, time, name.
      const fields = listings.map((listing) => listing.trim().split(/ +/));
      expect(fields[0]).toHaveLength(9);
      const untimed = fields.map((row) => [...row.slice(0, 5), row[8]]);
      expect(untimed[1]).toEqual(untimed[0]);
    });

    test.each([
      ['/etc/passwd', '/etc/passwd'],
      ['what lies beside the root', '../private'],
      ['what lies beside the password file', '../accounts.old'],
    ])('cannot read %s, which without confinement they can', async (_, target) => {
      await writeFile(join(outside, 'accounts.old'), 'old');
      await symlink(target, join(root, 'link'));
      const free = await login(await start(name));
      expect((await free.download('RETR link')).last.code).toBe(226);
      free.close();

      const client = await login(await start(name, toServedFiles()));
      expect((await client.download('RETR link')).last.code).toBe(550);
      expect(await client.code('PWD')).toBe(257);
    });

    test.each(['STOR', 'APPE'])(
      'cannot write beside the root with %s, which without confinement they can',
      async (verb) => {
        await symlink('../private', join(root, 'link'));
        const client = await login(await start(name, toServedFiles()));
        expect((await client.upload(`${verb} link`, 'changed')).last.code).toBe(550);
        expect(await readFile(join(outside, 'private'), 'utf8')).toBe('private');
        client.close();

        const free = await login(await start(name));
        expect((await free.upload(`${verb} link`, 'changed')).last.code).toBe(226);
      },
    );

    test('know the new passwords of a password file that was replaced', async () => {
      const running = await start(name, toServedFiles());
      (await login(running)).close();
      await writePasswordFile('another');
      (await login(running, 'another')).close();
      await expect(login(running)).rejects.toThrow('530');
    });

    test('are no more when their server has been closed', async () => {
      const running = await start(name, toServedFiles());
      const client = await login(running);
      const closed = running.close({ graceMs: 10_000 });
      expect((await client.reply()).code).toBe(421);
      client.socket.end();
      await closed;
    });

    test('find nothing where the root has been replaced, until there are new ones', async () => {
      const running = await start(name, toServedFiles());
      await rename(root, `${root}.old`);
      await mkdir(root);
      await writeFile(join(root, 'file'), 'new');
      const client = await login(running);
      const { last } = await client.download('RETR file');
      expect(last.code).toBe(name === 'process-per-connection' ? 226 : 550);
    });
  });
});

test.each(architectures.filter((runner) => !runner.confinable).map(({ name }) => name))(
  'S21: %s, which has no child processes, does not start when its clients are to be confined',
  async (name) => {
    await expect(start(name, { writable: [root] })).rejects.toThrow(ConfinementError);
  },
);
