import { isIPv6 } from 'node:net';
import { PERMISSIONS, type Permission } from '../accounts/account.ts';
import type { Endpoint } from '../runtime/service.ts';
import { printable } from '../services/printable.ts';
import { SOFTWARE } from '../services/software.ts';
import type { ServeAccounts } from './serve-accounts.ts';

export interface StartMessage extends Pick<ServeAccounts, 'visitors' | 'fromFile'> {
  readonly architecture: string;
  readonly root: string;
  readonly address: Endpoint;
}

/** What a server says when it serves: where, whom, and how to try it. */
export function startMessage({ architecture, root, address, visitors, fromFile }: StartMessage): string {
  const title = `${SOFTWARE.name} ${SOFTWARE.version} · ${architecture} · serving ${root} on ${url(address)}`;
  const rows = visitors.map(({ name, permissions, password }) => [name, describe(permissions, password)] as const);
  const width = Math.max(9, ...rows.map(([name]) => name.length));
  const lines = [
    title,
    ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`),
    ...(fromFile ? [`  ${accountsInWords(fromFile.names).padEnd(width)}  of ${fromFile.path}`] : []),
    ...(isLoopback(address.address) ? [] : [NOT_PRIVATE]),
    'Try:',
    ...examples({ address, visitors, fromFile }).map((example) => `  ${example}`),
    'Ctrl-C stops it.',
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

const NOT_PRIVATE = 'Plain FTP: passwords and files cross the network unencrypted, for everybody on the way to read.';

function examples({ address, visitors, fromFile }: Pick<StartMessage, 'address' | 'visitors' | 'fromFile'>): string[] {
  const reachable = { address: reachableAddress(address.address), port: address.port };
  const account = visitors.find(({ password }) => password !== undefined);
  return [
    ...(visitors.some(({ name }) => name === 'anonymous') ? [`curl ${url(reachable)}/`] : []),
    ...(account ? [`curl -T file.txt -u ${account.name}:${account.password} ${url(reachable)}/`] : []),
    ...(fromFile ? [`curl -u ${fromFile.names.length === 1 ? fromFile.names[0] : 'NAME'} ${url(reachable)}/`] : []),
    // The form that tnftp, inetutils and netkit have in common.
    `ftp ${reachable.address} ${reachable.port}`,
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

function url({ address, port }: Endpoint): string {
  return `ftp://${isIPv6(address) ? `[${address}]` : address}:${port}`;
}

/** Where a client on this machine finds a server that listens on every address. */
function reachableAddress(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./i.test(address);
}
