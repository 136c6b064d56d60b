import type { Account } from '../../accounts/account.ts';
import type { ClientCertificate, LoginClient } from '../../accounts/authenticator.ts';
import { TooManyLoginsError } from '../../accounts/too-many-logins-error.ts';
import type { CommandContext, Row } from '../command.ts';
import type { CommandEnvironment, TlsPolicy } from '../environment.ts';
import { homeIsUsable } from '../home.ts';
import { type Reply, ReplyError, reply } from '../reply.ts';
import { forgetLogin, type Session } from '../session.ts';

/** Who the client is (RFC 959 section 4.1.1, RFC 7151). */
export const loginCommands: readonly Row[] = [
  {
    verb: 'USER',
    syntax: '<SP> <username>',
    summary: 'names the account to log in to',
    source: 'RFC 959 section 4.1.1',
    argument: 'required',
    access: 'anyone',
    run: (context, user) => {
      const { session, environment } = context;
      demandPrivacy(session, environment.settings.tls);
      logOut(session, environment);
      session.login = { state: 'named', user };
      const { security } = session;
      const certificate = security.state === 'protected' ? security.certificate : undefined;
      return certificate ? logInByCertificate(context, user, certificate) : PASSWORD_REQUIRED;
    },
  },
  {
    verb: 'PASS',
    syntax: '<SP> <password>',
    summary: 'gives the password and logs in',
    source: 'RFC 959 section 4.1.1',
    argument: 'optional',
    access: 'anyone',
    heavy: true,
    run: logIn,
  },
  {
    verb: 'ACCT',
    syntax: '<SP> <account-information>',
    summary: 'is accepted and not needed',
    source: 'RFC 959 section 4.1.1',
    argument: 'required',
    access: 'anyone',
    run: () => reply(202, 'No account information needed.'),
  },
  {
    verb: 'REIN',
    syntax: '',
    summary: 'logs out; the connection stays',
    source: 'RFC 959 section 4.1.1',
    argument: 'none',
    access: 'anyone',
    run: ({ session, data, environment }) => {
      // It would take the connection back into the clear (RFC 4217 section 11), and nobody could tell who asked for that.
      if (session.security.state === 'protected') return reply(502, 'Not in a protected session; use USER or QUIT.');
      data.close();
      logOut(session, environment);
      return reply(220, environment.settings.greeting);
    },
  },
  {
    verb: 'QUIT',
    syntax: '',
    summary: 'ends the session, after a running transfer',
    source: 'RFC 959 section 4.1.1',
    argument: 'none',
    access: 'anyone',
    run: () => reply(221, 'Goodbye.'),
  },
  {
    verb: 'HOST',
    syntax: '<SP> <hostname>',
    summary: 'names the virtual host, before USER',
    source: 'RFC 7151 section 3',
    argument: 'required',
    access: 'anyone',
    // Advertised where there are virtual hosts only: lftp sends it as soon as it sees it (wire rule W25).
    feature: ({ environment }) => (environment.settings.hostNames.length > 0 ? ['HOST'] : []),
    run: ({ session, environment }, name) => {
      const { hostNames, greeting } = environment.settings;
      if (session.login.state !== 'stranger') return reply(503, 'HOST must come before USER.');
      if (!/^[A-Za-z0-9.:[\]-]+$/.test(name)) return reply(501, 'Invalid host name.');
      const host = name.toLowerCase();
      if (hostNames.length > 0 && !hostNames.includes(host)) return reply(504, 'Unknown virtual host.');
      session.host = host;
      return reply(220, greeting);
    },
  },
];

/** Nobody on the way is to read a password; a name is as much as half of it. @throws ReplyError 530. */
function demandPrivacy({ security }: Session, tls: TlsPolicy | undefined): void {
  if (security.state === 'protected' || (tls?.required !== 'login' && tls?.required !== 'all')) return;
  throw new ReplyError(530, 'Use AUTH TLS before you log in.');
}

/** Back to the state before USER, here and for whoever counts users. */
export function logOut(session: Session, { presences }: CommandEnvironment): void {
  if (session.login.state === 'logged-in') presences.logOut(session.id);
  forgetLogin(session);
}

/** The same answer for everybody: it must not tell which accounts exist (RFC 2577 section 7). */
const PASSWORD_REQUIRED = reply(331, 'Password required.');

/** A few of these have to fit into the time that a client has to log in. */
const LONGEST_DELAY_MS = 15_000;

const LOGGED_IN = reply(230, 'Logged in.');
const LOGGED_IN_BY_CERTIFICATE = reply(232, 'Logged in by certificate.');

/** The client has left, or has been told that it took too long. */
const GIVEN_UP = reply(421, 'The login was given up.');

async function logIn(context: CommandContext, password: string): Promise<Reply> {
  const { session, environment } = context;
  if (session.login.state === 'logged-in') return reply(503, 'Logged in already.');
  if (session.login.state === 'stranger') return reply(503, 'Send USER first.');
  const { user } = session.login;
  const client = new Caller(context);
  let account: Account | undefined;
  try {
    account = await environment.authenticator.authenticate({ user, password }, client);
  } catch (error) {
    if (error instanceof TooManyLoginsError) return sendAway(context, user, 'too many logins at the moment');
    // The client has left, and the attempt with it: that is no fault, and nobody reads the answer.
    if (context.interruption.aborted) return GIVEN_UP;
    throw error;
  }
  return account ? enter(context, user, account, LOGGED_IN) : refuse(context, user);
}

/** RFC 2228 section 3: the security data that was exchanged is enough, and no password needed. */
async function logInByCertificate(
  context: CommandContext,
  user: string,
  certificate: ClientCertificate,
): Promise<Reply> {
  const { authenticator } = context.environment;
  const account = await authenticator.authenticateByCertificate?.(user, certificate, new Caller(context));
  return account ? enter(context, user, account, LOGGED_IN_BY_CERTIFICATE) : PASSWORD_REQUIRED;
}

/** Lets in a client that has proven who it is, if there is room and a home for it. */
async function enter(context: CommandContext, user: string, account: Account, welcome: Reply): Promise<Reply> {
  const { session, environment } = context;
  if (!(await homeIsUsable(context, account))) {
    session.login = { state: 'stranger' };
    return reply(530, 'The home directory of this account is not available.');
  }
  const refusal = await environment.presences.logIn(session.id, user);
  // Whoever guesses must not learn from the answer that the guess was right.
  if (refusal === 'banned') return refuse(context, user);
  if (refusal !== undefined) return sendAway(context, user, 'too many sessions of this user');
  if (context.interruption.aborted) return GIVEN_UP;

  session.login = { state: 'logged-in', user, account };
  session.failedLogins = 0;
  environment.log.info('login', {
    session: session.id,
    address: session.client.address,
    user,
    servedBy: environment.settings.servedBy,
  });
  context.emit({ type: 'login', user });
  return welcome;
}

class Caller implements LoginClient {
  readonly address: string;
  declare readonly host?: string;
  readonly #context: CommandContext;

  constructor(context: CommandContext) {
    const { client, host } = context.session;
    this.address = client.address;
    if (host !== undefined) this.host = host;
    this.#context = context;
  }

  /** Made for those who ask for it. */
  get signal(): AbortSignal {
    return this.#context.interruption.signal;
  }
}

function sendAway({ session, environment }: CommandContext, user: string, reason: string): Reply {
  environment.log.warn('login refused', {
    session: session.id,
    address: session.client.address,
    user,
    reason,
  });
  return reply(421, `T${reason.slice(1)}; try again later.`);
}

async function refuse(context: CommandContext, user: string): Promise<Reply> {
  const { session, environment } = context;
  const { maxAttempts, failureDelayMs } = environment.settings.logins;
  session.login = { state: 'stranger' };
  session.failedLogins += 1;
  environment.log.warn('login failed', { session: session.id, address: session.client.address, user });
  context.emit({ type: 'loginFailed', user });
  const lately = await environment.presences.loginFailed(session.id, user);
  const answer =
    session.failedLogins >= maxAttempts ? reply(421, 'Too many failed logins.') : reply(530, 'Login incorrect.');
  // Slower with every try; but no thread that others need waits for it.
  return { ...answer, heldBackMs: Math.min(failureDelayMs * Math.max(session.failedLogins, lately), LONGEST_DELAY_MS) };
}
