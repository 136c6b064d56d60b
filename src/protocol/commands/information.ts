import type { CommandContext, Row } from '../command.ts';
import { type Reply, reply } from '../reply.ts';
import { explain, listOfCommands } from './help.ts';
import { siteRows } from './site.ts';
import { statusOfPath, statusOfSession } from './status.ts';

/** What the server is and can do (RFC 959 section 4.1.3, RFC 2389, RFC 2640). */
export const informationCommands: readonly Row[] = [
  {
    verb: 'FEAT',
    syntax: '',
    summary: 'lists the extensions of RFC 959 that the server has',
    source: 'RFC 2389 section 3',
    argument: 'none',
    access: 'anyone',
    run: (context) => {
      const features = context.rows.flatMap((row) => row.feature?.(context) ?? []);
      return reply(211, 'Extensions supported:', ...features, 'End');
    },
  },
  {
    verb: 'HELP',
    syntax: '[<SP> <command>]',
    summary: 'lists the commands, or explains one',
    source: 'RFC 959 section 4.1.3',
    argument: 'optional',
    access: 'anyone',
    run: ({ rows }, argument) => help(rows, argument),
  },
  {
    verb: 'STAT',
    syntax: '[<SP> <pathname>]',
    summary: 'tells the state of the session and its transfer, or lists a path without a data connection',
    source: 'RFC 959 section 4.1.3',
    argument: 'optional',
    access: 'logged-in',
    duringTransfer: 'answer',
    heavy: (_context, argument) => argument !== '',
    run: (context, argument) => (argument === '' ? statusOfSession(context) : statusOfPath(context, argument)),
  },
  {
    verb: 'NOOP',
    syntax: '',
    summary: 'does nothing',
    source: 'RFC 959 section 4.1.3',
    argument: 'optional',
    access: 'anyone',
    duringTransfer: 'answer',
    keepsPending: true,
    run: () => reply(200, 'Nothing done, as you wished.'),
  },
  {
    verb: 'SYST',
    syntax: '',
    summary: 'tells the kind of system',
    source: 'RFC 959 section 4.1.3',
    argument: 'none',
    access: 'anyone',
    // Clients read from this how to parse LIST, not what machine this is.
    run: () => reply(215, 'UNIX Type: L8'),
  },
  {
    verb: 'CLNT',
    syntax: '<SP> <name>',
    summary: 'tells the server which client this is',
    source: 'a convention of NcFTP',
    argument: 'optional',
    access: 'anyone',
    keepsPending: true,
    feature: () => ['CLNT'],
    run: rememberSoftware('Noted.'),
  },
  {
    verb: 'CSID',
    syntax: '<SP> Name=<name>; Version=<version>; …',
    summary: 'tells the server which client this is, and asks which server',
    source: 'draft-peterson-streamlined-ftp-command-extensions-10 section 5',
    argument: 'required',
    access: 'anyone',
    keepsPending: true,
    feature: () => ['CSID'],
    run: (context, argument) => {
      const { name, version } = context.environment.settings.software;
      rememberSoftware('')(context, argument);
      return reply(200, `Name=${name}; Version=${version};`);
    },
  },
  {
    verb: 'LANG',
    syntax: '[<SP> <language-tag>]',
    summary: 'chooses the language of replies: English',
    source: 'RFC 2640 section 4',
    argument: 'optional',
    access: 'anyone',
    // Not in FEAT: with one language there is nothing to choose, and lftp would ask at every login (wire rule W25).
    run: (_context, tag) =>
      /^(?:en(?:-.*)?)?$/i.test(tag) ? reply(200, 'Replies are in English.') : reply(504, 'Only English is spoken.'),
  },
];

const SOFTWARE_LENGTH = 200;

function rememberSoftware(text: string) {
  return ({ session }: CommandContext, argument: string): Reply => {
    session.software = argument.slice(0, SOFTWARE_LENGTH);
    return reply(200, text);
  };
}

function help(rows: readonly Row[], argument: string): Reply {
  const [verb = '', subverb] = argument.toUpperCase().trim().split(' ');
  if (verb === '') return listOfCommands('The following commands are served:', rows);
  if (verb !== 'SITE') return explain(rows, verb);
  if (subverb !== undefined) return explain(siteRows, subverb);
  return listOfCommands('The following SITE commands are served:', siteRows);
}
