import { isIPv6 } from 'node:net';
import { PERMISSIONS, type Permission } from '../accounts/account.ts';
import type { Endpoint } from '../runtime/service.ts';
import { printable } from '../services/printable.ts';
import { SOFTWARE } from '../services/software.ts';
import type { ServeAccounts } from './serve-accounts.ts';
import type { ServeTls } from './serve-tls.ts';

export interface StartMessage extends Pick<ServeAccounts, 'visitors' | 'fromFile'> {
  readonly architecture: string;
  readonly root: string;
  /** Where each service listens. */
  readonly addresses: { readonly ftp?: Endpoint; readonly ftps?: Endpoint; readonly http?: Endpoint };
  readonly tls: ServeTls | undefined;
  /** Clients are served with the privileges of root. */
  readonly asRoot: boolean;
}

/** What a server says when it serves: where, whom, and how to try it. */
export function startMessage({ architecture, root, addresses, asRoot, tls, visitors, fromFile }: StartMessage): string {
  const { ftp, ftps, http } = addresses;
  const urls = [
    ...(ftp ? [url('ftp', ftp)] : []),
    ...(ftps ? [url('ftps', ftps)] : []),
    ...(http ? [`${url('http', http)}/`] : []),
  ];
  const title = `${SOFTWARE.name} ${SOFTWARE.version} · ${architecture} · serving ${root} on ${urls.join(' and ')}`;
  const rows = visitors.map(({ name, permissions, password }) => [name, describe(permissions, password)] as const);
  const width = Math.max(9, ...rows.map(([name]) => name.length));
  const people = [
    ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`),
    ...(fromFile ? [`  ${accountsInWords(fromFile.names).padEnd(width)}  of ${fromFile.path}`] : []),
  ];
  const lines = [
    title,
    ...(ftp ? people : []),
    ...(http ? ['  over HTTP  everybody may read'] : []),
    ...(ftp && tls ? certificate(tls) : []),
    ...privacy(addresses, tls),
    ...(asRoot ? [AS_ROOT] : []),
    'Try:',
    ...(ftp ? examples({ address: ftp, tls, visitors, fromFile }) : []).map((example) => `  ${example}`),
    ...(http ? [`  ${url('http', reachable(http))}/ in a browser`] : []),
    'Ctrl-C stops it.',
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

function certificate({ options, selfSigned }: ServeTls): string[] {
  const required = REQUIRED[options.required ?? 'none'];
  const own = selfSigned && `self-signed, SHA-256 ${selfSigned.fingerprint}`;
  return [`  TLS        ${required}`, ...(own ? [`  certificate ${selfSigned.path}`, `             ${own}`] : [])];
}

const REQUIRED = {
  none: 'for those who ask for it',
  login: 'to log in',
  data: 'to transfer',
  all: 'to log in and to transfer',
} as const;

function privacy({ ftp, http }: StartMessage['addresses'], tls: ServeTls | undefined): string[] {
  const open = [ftp, http].some((address) => address && !isLoopback(address.address));
  if (!open || (tls?.options.required === 'all' && !http)) return [];
  return [tls ? NOT_ALWAYS_PRIVATE : NOT_PRIVATE];
}

const NOT_PRIVATE = 'Plain FTP: passwords and files cross the network unencrypted, for everybody on the way to read.';

const NOT_ALWAYS_PRIVATE =
  'Without TLS, passwords and files cross the network unencrypted: --require-tls all refuses that.';

const AS_ROOT = 'Runs as root: add --run-as USER.';

type Examples = Pick<StartMessage, 'tls' | 'visitors' | 'fromFile'> & { readonly address: Endpoint };

function examples({ address, tls, visitors, fromFile }: Examples): string[] {
  const server = reachable(address);
  const curl = [
    'curl',
    ...(tls ? ['--ssl-reqd', ...(tls.selfSigned ? ['--cacert', tls.selfSigned.path] : [])] : []),
  ].join(' ');
  const account = visitors.find(({ password }) => password !== undefined);
  return [
    ...(visitors.some(({ name }) => name === 'anonymous') ? [`${curl} ${url('ftp', server)}/`] : []),
    ...(account ? [`${curl} -T file.txt -u ${account.name}:${account.password} ${url('ftp', server)}/`] : []),
    ...(fromFile
      ? [`${curl} -u ${fromFile.names.length === 1 ? fromFile.names[0] : 'NAME'} ${url('ftp', server)}/`]
      : []),
    // The form that tnftp, inetutils and netkit have in common.
    ...(tls && tls.options.required !== 'none' ? [] : [`ftp ${server.address} ${server.port}`]),
  ];
}

function describe(permissions: readonly Permission[], password: string | undefined): string {
  return `may ${rightsInWords(permissions)}${password === undefined ? '' : `, password ${password}`}`;
}

function rightsInWords(permissions: readonly Permission[]): string {
  if (PERMISSIONS.every((permission) => permissions.includes(permission))) return 'read and write';
  return permissions.includes('write') ? 'read, upload and make directories' : 'read';
}

function accountsInWords(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.length} accounts`;
}

function url(scheme: 'ftp' | 'ftps' | 'http', { address, port }: Endpoint): string {
  return `${scheme}://${isIPv6(address) ? `[${address}]` : address}:${port}`;
}

/** Where a client on this machine finds a server that listens on every address. */
function reachable({ address, port }: Endpoint): Endpoint {
  if (address === '0.0.0.0') return { address: '127.0.0.1', port };
  return { address: address === '::' ? '::1' : address, port };
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./i.test(address);
}
