import type { CommandContext, Row } from '../command.ts';
import {
  canonicalAddress,
  formatPassive,
  isPrivateAddress,
  parseExtendedHostPort,
  parseHostPort,
} from '../host-port.ts';
import { type Reply, ReplyError, reply } from '../reply.ts';
import type { Endpoint } from '../session.ts';

/** Who connects to whom for data (RFC 959 section 4.1.2, RFC 2428). */
export const dataConnectionCommands: readonly Row[] = [
  {
    verb: 'PORT',
    syntax: '<SP> <h1,h2,h3,h4,p1,p2>',
    summary: 'has the server connect to the client for data',
    source: 'RFC 959 section 4.1.2',
    argument: 'required',
    access: 'logged-in',
    keepsPending: true,
    run: (context, argument) => {
      demandClassic(context, 'PORT');
      return dialTo(context, parseHostPort(argument));
    },
  },
  {
    verb: 'EPRT',
    syntax: '<SP> |<family>|<address>|<port>|',
    summary: 'is PORT for IPv4 and IPv6',
    source: 'RFC 2428 section 2',
    argument: 'required',
    access: 'logged-in',
    keepsPending: true,
    feature: () => ['EPRT'],
    run: (context, argument) => {
      demandClassic(context, 'EPRT');
      const target = parseExtendedHostPort(argument);
      if (target === 'unsupported-family') return unsupportedFamily();
      return dialTo(context, target);
    },
  },
  {
    verb: 'PASV',
    syntax: '',
    summary: 'has the client connect to the server for data',
    source: 'RFC 959 section 4.1.2',
    argument: 'none',
    access: 'logged-in',
    keepsPending: true,
    run: enterPassive,
  },
  {
    verb: 'EPSV',
    syntax: '[<SP> (<family> | ALL)]',
    summary: 'is PASV for IPv4 and IPv6; ALL refuses every other way from then on',
    source: 'RFC 2428 section 3',
    argument: 'optional',
    access: 'logged-in',
    keepsPending: true,
    feature: () => ['EPSV'],
    run: enterExtendedPassive,
  },
];

function demandClassic({ session }: CommandContext, verb: string): void {
  if (session.epsvOnly) throw new ReplyError(503, `${verb} is not allowed after EPSV ALL.`);
}

/**
 * Only the client itself, and none of the ports on which services listen: this server connects nobody to anybody else
 * (RFC 2577 section 3). Refused before a packet is sent; what an earlier PORT set up is gone then, too.
 */
function dialTo({ session, data }: CommandContext, target: Endpoint | undefined): Reply {
  data.close();
  if (target === undefined) return reply(501, 'Cannot understand that address.');
  if (canonicalAddress(target.address) !== canonicalAddress(session.client.address)) {
    return reply(504, 'Only the address of the client itself is allowed.');
  }
  if (target.port < 1024) return reply(504, 'Ports below 1024 are not allowed.');
  data.dialTo(target);
  return reply(200, 'Will connect for the next transfer.');
}

async function enterPassive(context: CommandContext): Promise<Reply> {
  const { session, data, interruption } = context;
  demandClassic(context, 'PASV');
  // 227 can express IPv4 addresses only (RFC 2428 section 1).
  if (canonicalAddress(session.server.address).includes(':')) return reply(425, 'Use EPSV on an IPv6 connection.');
  const port = await data.listen(interruption);
  return reply(227, `Entering Passive Mode ${formatPassive(passiveAddress(context), port)}.`);
}

/** A client of the same network reaches the local address; one from outside needs what the router shows (wire rule W14). */
function passiveAddress({ session, environment }: CommandContext): string {
  const local = canonicalAddress(session.server.address);
  const { passiveHost } = environment.settings;
  const outside = !isPrivateAddress(session.client.address);
  if (outside && passiveHost !== undefined) return passiveHost;
  if (outside && isPrivateAddress(local)) {
    environment.log.warn('PASV announces a private address to a client outside; set the passive host', {
      session: session.id,
      address: local,
    });
  }
  return local;
}

async function enterExtendedPassive({ session, data, interruption }: CommandContext, argument: string): Promise<Reply> {
  if (argument.toUpperCase() === 'ALL') {
    session.epsvOnly = true;
    return reply(200, 'EPSV ALL: only EPSV from now on.');
  }
  if (argument !== '') {
    if (!/^\d+$/.test(argument)) return reply(501, 'Use EPSV, EPSV 1, EPSV 2 or EPSV ALL.');
    if (argument !== familyOf(session.server)) return unsupportedFamily(familyOf(session.server));
  }
  const port = await data.listen(interruption);
  return reply(229, `Entering Extended Passive Mode (|||${port}|)`);
}

function familyOf({ address }: Endpoint): '1' | '2' {
  return canonicalAddress(address).includes(':') ? '2' : '1';
}

function unsupportedFamily(supported = '1,2'): Reply {
  return reply(522, `Network protocol not supported, use (${supported})`);
}
