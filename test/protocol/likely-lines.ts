import { commandTable } from '../../src/protocol/command-table.ts';
import { siteRows } from '../../src/protocol/commands/site.ts';

/** Arguments that get as far as the storage. */
const ARGUMENTS: Record<string, readonly string[]> = {
  PORT: ['127,0,0,1,200,10'],
  EPRT: ['|1|127.0.0.1|51210|'],
  EPSV: ['', '1'],
  TYPE: ['I', 'A'],
  MODE: ['S'],
  STRU: ['F'],
  OPTS: ['MLST type;', 'UTF8 ON'],
  ALLO: ['10'],
  REST: ['5'],
  RANG: ['1 3'],
  HELP: ['', 'RETR'],
  STAT: ['', 'x', '-la'],
  LIST: ['', 'x', '-la', '*', '-R'],
  NLST: ['', 'x', '-t', '*'],
  MLSD: ['', 'x'],
  MLST: ['', 'x'],
  MDTM: ['x', '20200102030405 x'],
  MFMT: ['20200102030405 x'],
  MFCT: ['20200102030405 x'],
  MFF: ['modify=20200102030405;UNIX.mode=0644; x'],
  STOU: ['', 'x'],
  AVBL: ['', 'x'],
  CLNT: ['x'],
  LANG: ['en'],
  'SITE CHMOD': ['600 x'],
  'SITE UTIME': ['20200102030405 x'],
  'SITE UMASK': ['', '022'],
  'SITE IDLE': ['', '100'],
  'SITE SYMLINK': ['x y'],
  'SITE COPY': ['x y'],
};

/** Those that end the session or the login, PASS with its own test, and the marker. */
const LEFT_OUT = new Set(['QUIT', 'REIN', 'USER', 'PASS', 'SITE', 'CSID']);

/** Every command, with arguments that it likes. `x` stands for a file. */
export const LINES = [...commandTable, ...siteRows.map((row) => ({ ...row, verb: `SITE ${row.verb}` }))]
  .filter(({ verb }) => !LEFT_OUT.has(verb))
  .flatMap(({ verb, argument }) => {
    const values = ARGUMENTS[verb] ?? [argument === 'none' ? '' : 'x'];
    return values.map((value) => `${verb} ${value}`.trimEnd());
  });
