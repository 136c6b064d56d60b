import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { describeClient } from './client.ts';
import { BIG_BYTES, ODD_NAMES, plant, plantAll, sha256, treeOf } from './files.ts';
import type { Place } from './place.ts';
import { CLEAR, FRESH, RESUMED, UNRESUMED } from './transport.ts';

/** By its path: python3 may also be a wrapper that needs a home directory of its own. */
const PYTHON = '/usr/bin/python3';

const FTPLIB = {
  name: 'ftplib (Python)',
  programs: [PYTHON],
  debianPackage: 'python3',
  transports: [CLEAR, ...FRESH, ...RESUMED],
};

/** Runs a script that has `ftp`, logged in and in the test's directory. @returns what it printed, and the dialogue. */
function python(place: Place, script: string): Promise<string> {
  const { host, port, user, password } = place.server;
  const program = place.start(PYTHON, ['-u', '-']);
  program.type(
    'import ftplib, io, os, pathlib, json, ssl',
    clientOf(place),
    `ftp.connect(${JSON.stringify(host)}, ${port})`,
    `ftp.login(${JSON.stringify(user)}, ${JSON.stringify(password)})`,
    ...(place.tls ? ['ftp.prot_p()'] : []),
    `ftp.cwd(${JSON.stringify(place.remote)})`,
    'ftp.set_debuglevel(1)',
    script,
    'ftp.quit()',
  );
  return program.success();
}

/** The lines that make `ftp`. */
function clientOf({ tls }: Place): string {
  if (!tls) return 'ftp = ftplib.FTP(timeout=10)';
  const version = `ssl.TLSVersion.TLSv${tls.version.replace('.', '_')}`;
  return `
context = ssl.create_default_context(cafile=${JSON.stringify(tls.authority)})
context.minimum_version = context.maximum_version = ${version}
${tls.resumes ? RESUMING : ''}
ftp = ${tls.resumes ? 'Resuming' : 'ftplib.FTP_TLS'}(context=context, timeout=10)
`;
}

/** What people write where a server wants it: ftplib cannot resume by itself (bpo-19500). */
const RESUMING = `
class Resuming(ftplib.FTP_TLS):
    def ntransfercmd(self, cmd, rest=None):
        connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        session = self.sock.session
        return self.context.wrap_socket(connection, server_hostname=self.host, session=session), size

`;

/** The JSON that a script has printed after `RESULT`. */
function resultOf(said: string): unknown {
  return JSON.parse(/^RESULT (.*)$/m.exec(said)?.[1] ?? 'null');
}

describeClient(FTPLIB, ({ test, testOfCore }) => {
  testOfCore('lists with NLST, LIST and MLSD, whatever the names', async (place) => {
    await plantAll(place.served, ODD_NAMES);
    const said = await python(
      place,
      `
lines = []
ftp.retrlines('LIST', lines.append)
facts = {name: fact['type'] + ' ' + fact['size'] for name, fact in ftp.mlsd(facts=['type', 'size'])}
print('RESULT', json.dumps({'nlst': ftp.nlst(), 'list': lines, 'mlsd': facts}))
`,
    );
    const { nlst, list, mlsd } = resultOf(said) as { nlst: string[]; list: string[]; mlsd: Record<string, string> };
    const visible = ODD_NAMES.filter((name) => !name.startsWith('.'));
    expect(nlst.sort()).toEqual([...visible].sort());
    expect(list).toHaveLength(visible.length);
    for (const name of visible) expect(list.some((line) => line.endsWith(` ${name}`))).toBe(true);
    for (const name of ODD_NAMES) expect(mlsd[name]).toBe('file 3000');
  });

  testOfCore('gets and puts files, whatever their names', async (place) => {
    await plantAll(place.local, ODD_NAMES);
    await python(
      place,
      `
names = sorted(os.listdir('.'))
for name in names:
    with open(name, 'rb') as file: ftp.storbinary('STOR ' + name, file)
os.mkdir('back')
for name in names:
    with open('back/' + name, 'wb') as file: ftp.retrbinary('RETR ' + name, file.write)
`,
    );
    const { 'back/': _, ...local } = await treeOf(place.local);
    const there = await treeOf(place.served);
    const back = Object.entries(there).map(([name, sum]) => [`back/${name}`, sum]);
    expect(local).toEqual({ ...there, ...Object.fromEntries(back) });
    expect(Object.keys(there).sort()).toEqual([...ODD_NAMES].sort());
  });

  for (const { way, settings } of [
    { way: 'PASV', settings: '' },
    { way: 'PORT', settings: 'ftp.set_pasv(False)' },
    // What ftplib does on IPv6.
    { way: 'EPSV', settings: 'ftp.makepasv = lambda: ftplib.parse229(ftp.sendcmd("EPSV"), ftp.sock.getpeername())' },
    {
      way: 'EPRT',
      settings: 'ftp.set_pasv(False); ftp.sendport = lambda host, port: ftp.voidcmd(f"EPRT |1|{host}|{port}|")',
    },
  ]) {
    test(`lists, gets and puts over ${way}`, async (place) => {
      const content = await plant(join(place.served, 'file.bin'), 300_000);
      const said = await python(
        place,
        `
${settings}
octets = io.BytesIO()
ftp.retrbinary('RETR file.bin', octets.write)
ftp.storbinary('STOR put', io.BytesIO(octets.getvalue()))
print('RESULT', json.dumps(ftp.nlst()))
`,
      );
      expect(said.match(new RegExp(`^\\*cmd\\* '${way}\\b`, 'gm'))).toHaveLength(3);
      expect(resultOf(said)).toEqual(['file.bin', 'put']);
      expect(await sha256(join(place.served, 'put'))).toBe(await sha256(content));
    });
  }

  testOfCore('resumes a download and an upload', async (place) => {
    const content = await plant(join(place.served, 'file.bin'), 300_000);
    await plant(join(place.local, 'file.bin'), content.subarray(0, 12_345));
    await plant(join(place.served, 'up.bin'), content.subarray(0, 54_321));
    await python(
      place,
      `
with open('file.bin', 'ab') as file: ftp.retrbinary('RETR file.bin', file.write, rest=file.tell())
with open('file.bin', 'rb') as file:
    file.seek(54321)
    ftp.storbinary('STOR up.bin', file, rest=54321)
`,
    );
    expect(await sha256(join(place.local, 'file.bin'))).toBe(await sha256(content));
    expect(await sha256(join(place.served, 'up.bin'))).toBe(await sha256(content));
  });

  testOfCore('appends, and moves lines of text', async (place) => {
    await plant(join(place.served, 'log.txt'), 'one\n');
    const said = await python(
      place,
      `
ftp.storbinary('APPE log.txt', io.BytesIO(b'two\\n'))
ftp.storlines('STOR text', io.BytesIO(b'a\\nb\\n'))
lines = []
ftp.retrlines('RETR text', lines.append)
print('RESULT', json.dumps(lines))
`,
    );
    expect(resultOf(said)).toEqual(['a', 'b']);
    expect(await readFile(join(place.served, 'log.txt'), 'utf8')).toBe('one\ntwo\n');
    expect(await readFile(join(place.served, 'text'), 'utf8')).toBe('a\nb\n');
  });

  test('makes directories, renames, deletes, removes, and reads what PWD and MKD say', async (place) => {
    await plant(join(place.served, 'old name'));
    await plant(join(place.served, 'unwanted "file"'));
    await mkdir(join(place.served, 'unwanted'));
    const said = await python(
      place,
      `
made = ftp.mkd('new "dir" 🦆')
ftp.rename('old name', 'new "dir" 🦆/größer')
ftp.delete('unwanted "file"')
ftp.rmd('unwanted')
ftp.cwd(made)
ftp.voidcmd('TYPE I')
print('RESULT', json.dumps([made, ftp.pwd(), ftp.size('größer'), ftp.nlst()]))
`,
    );
    const directory = `${place.remote}/new "dir" 🦆`;
    expect(resultOf(said)).toEqual([directory, directory, 3_000, ['größer']]);
    expect(Object.keys(await treeOf(place.served)).sort()).toEqual(['new "dir" 🦆/', 'new "dir" 🦆/größer']);
  });

  testOfCore(
    'W7, W8: stops a download in the middle with abort(), and goes on over the same connection',
    async (place) => {
      const content = await plant(join(place.served, 'big.bin'), BIG_BYTES);
      const said = await python(
        place,
        `
ftp.voidcmd('TYPE I')
for _ in range(3):
    data, size = ftp.ntransfercmd('RETR big.bin')
    assert size == ${BIG_BYTES}, size
    first = len(data.recv(1000))
    aborted = ftp.abort()
    data.close()
    closed = ftp.getmultiline()
whole = io.BytesIO()
ftp.retrbinary('RETR big.bin', whole.write)
pathlib.Path('whole.bin').write_bytes(whole.getvalue())
print('RESULT', json.dumps([first, aborted[:3], closed[:3], ftp.pwd(), ftp.abort()[:3]]))
`,
      );
      expect(resultOf(said)).toEqual([1_000, '426', '226', place.remote, '226']);
      expect(await sha256(join(place.local, 'whole.bin'))).toBe(await sha256(content));
    },
  );

  test('stops an upload in the middle with abort(), and goes on over the same connection', async (place) => {
    const said = await python(
      place,
      `
data = ftp.transfercmd('STOR broken.bin')
data.sendall(b'x' * 1000)
print('ABORT', ftp.abort())
data.close()
print('CLOSED', ftp.getmultiline())
ftp.storbinary('STOR whole.bin', io.BytesIO(b'y' * 1000))
print('RESULT', json.dumps(sorted(name for name in ftp.nlst() if name == 'whole.bin')))
`,
    );
    expect(said).toMatch(/^ABORT 426 .*^CLOSED 226 /ms);
    expect(resultOf(said)).toEqual(['whole.bin']);
  });
});

describeClient({ ...FTPLIB, transports: UNRESUMED }, ({ testOfCore }) => {
  testOfCore('is told 522 when its data connection does not resume, and moves nothing', async (place) => {
    await plant(join(place.served, 'file.bin'), 300_000);
    const said = await python(
      place,
      `
def refused(work):
    try:
        return work()
    except ftplib.all_errors as error:
        return str(error) if isinstance(error, ftplib.Error) else ftp.getmultiline()

octets = io.BytesIO()
answers = [
    refused(lambda: ftp.retrbinary('RETR file.bin', octets.write)),
    refused(lambda: ftp.storbinary('STOR put', io.BytesIO(b'x' * 300_000))),
    refused(lambda: ftp.nlst()),
]
print('RESULT', json.dumps([*[answer[:3] for answer in answers], len(octets.getvalue()), ftp.pwd()]))
`,
    );
    expect(resultOf(said)).toEqual(['522', '522', '522', 0, place.remote]);
    expect(Object.keys(await treeOf(place.served))).toEqual(['file.bin']);
  });
});
