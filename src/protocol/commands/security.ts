import type { CommandContext, FeatureContext, Row } from '../command.ts';
import type { TlsPolicy } from '../environment.ts';
import { type Reply, ReplyError, reply } from '../reply.ts';
import type { Security } from '../session.ts';
import { logOut } from './login.ts';

/** The security extensions (RFC 2228, RFC 4217), and what is refused on purpose. */
export const securityCommands: readonly Row[] = [
  {
    verb: 'AUTH',
    syntax: '<SP> (TLS | SSL)',
    summary: 'protects the control connection by TLS, and begins the session anew',
    source: 'RFC 4217 section 4',
    argument: 'required',
    access: 'anyone',
    feature: withTls('AUTH TLS'),
    run: startTls,
  },
  {
    verb: 'PBSZ',
    syntax: '<SP> <size>',
    summary: 'is needed before PROT; TLS has no protection buffers',
    source: 'RFC 4217 section 8',
    argument: 'required',
    access: 'anyone',
    keepsPending: true,
    feature: withTls('PBSZ'),
    run: setBufferSize,
  },
  {
    verb: 'PROT',
    syntax: '<SP> (C | P)',
    summary: 'leaves data connections in the clear, or protects them by TLS',
    source: 'RFC 4217 section 9',
    argument: 'required',
    access: 'anyone',
    keepsPending: true,
    feature: withTls('PROT'),
    run: setProtection,
  },
  refused('CCC', '', 'would take the protection off the control connection', 'RFC 2228 section 3'),
  refused('ADAT', '<SP> <data>', 'would carry data of a security mechanism', 'RFC 2228 section 3'),
  refused('MIC', '<SP> <message>', 'would carry an integrity-protected command', 'RFC 2228 section 3'),
  refused('CONF', '<SP> <message>', 'would carry a confidential command', 'RFC 2228 section 3'),
  refused('ENC', '<SP> <message>', 'would carry a protected command', 'RFC 2228 section 3'),
  refused('SMNT', '<SP> <pathname>', 'would mount another file system', 'RFC 959 section 4.1.1'),
];

function withTls(line: string): NonNullable<Row['feature']> {
  return ({ environment }: FeatureContext) => (environment.settings.tls ? [line] : []);
}

/** As clients call it; curl asks for SSL first, and means the same. */
const MECHANISMS: ReadonlySet<string> = new Set(['TLS', 'TLS-C', 'SSL']);

function startTls(context: CommandContext, mechanism: string): Reply {
  demandTls(context, 'AUTH');
  const { session, environment, data } = context;
  if (session.security.state === 'protected') return reply(503, 'The connection is protected already.');
  if (!MECHANISMS.has(mechanism.toUpperCase())) return reply(504, 'Use AUTH TLS.');
  data.close();
  logOut(session, environment);
  return { ...reply(234, 'Begin the TLS handshake.'), startsTls: true };
}

function setBufferSize(context: CommandContext, size: string): Reply {
  const { session } = context;
  const security = demandProtected(context, 'PBSZ');
  if (!/^\d{1,10}$/.test(size)) return reply(501, 'Syntax: PBSZ 0');
  session.security = { ...security, bufferSizeSet: true };
  return size === '0' ? reply(200, 'PBSZ=0') : reply(200, 'PBSZ=0; TLS has no protection buffers.');
}

function setProtection(context: CommandContext, level: string): Reply {
  const { session } = context;
  const security = demandProtected(context, 'PROT');
  const { required } = demandTls(context, 'PROT');
  if (!security.bufferSizeSet) return reply(503, 'Send PBSZ 0 first.');
  switch (level.toUpperCase()) {
    case 'P':
      session.security = { ...security, data: 'private' };
      return reply(200, 'Data connections are protected.');
    case 'C':
      if (required === 'data' || required === 'all') return reply(534, 'Data connections must be protected.');
      session.security = { ...security, data: 'clear' };
      return reply(200, 'Data connections are in the clear.');
    case 'S':
    case 'E':
      return reply(536, 'TLS protects as PROT P says, or not at all.');
    default:
      return reply(504, 'Use PROT P or PROT C.');
  }
}

function demandTls({ environment }: CommandContext, verb: string): TlsPolicy {
  const { tls } = environment.settings;
  if (!tls) throw new ReplyError(502, `${verb} is not possible: this server has no certificate.`);
  return tls;
}

function demandProtected(context: CommandContext, verb: string): Extract<Security, { state: 'protected' }> {
  demandTls(context, verb);
  const { security } = context.session;
  if (security.state === 'clear') throw new ReplyError(503, `Send AUTH TLS before ${verb}.`);
  return security;
}

/** Known, and not implemented: 502, so that no client takes it for a typing error (wire rule W33). */
function refused(verb: string, syntax: string, summary: string, source: string): Row {
  return {
    verb,
    syntax,
    summary,
    source,
    argument: 'optional',
    access: 'anyone',
    refused: true,
    run: () => reply(502, `${verb} is not implemented.`),
  };
}
