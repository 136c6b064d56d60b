import type { Account, Permission } from '../accounts/account.ts';
import type { Row } from './command.ts';
import type { ProtocolSettings } from './environment.ts';
import { ReplyError } from './reply.ts';
import type { Security, Session } from './session.ts';

/**
 * The checks that every command shares, made from its row and nowhere else (security rule S10).
 * @throws ReplyError 530, 521, 501 or 550.
 */
export function check(row: Row, argument: string, { login, security }: Session, { tls }: ProtocolSettings): void {
  if (row.access !== 'anyone' && login.state !== 'logged-in') {
    throw new ReplyError(530, 'Log in with USER and PASS first.');
  }
  if (row.transfers && (tls?.required === 'data' || tls?.required === 'all') && !protectsData(security)) {
    throw new ReplyError(521, 'Data connections must be protected: use PBSZ 0 and PROT P.');
  }
  if (row.argument === 'required' && argument === '') throw new ReplyError(501, `Syntax: ${syntaxOf(row)}`);
  if (row.argument === 'none' && argument.trim() !== '') throw new ReplyError(501, `${row.verb} takes no argument.`);
  if (row.access === 'administrator' && !(login.state === 'logged-in' && login.account.administrator)) {
    throw new ReplyError(550, 'Only administrators may do that.');
  }
  if (row.permission && login.state === 'logged-in') demandPermission(login.account, row.permission);
}

function protectsData(security: Security): boolean {
  return security.state === 'protected' && security.data === 'private';
}

/** @throws ReplyError 550 when the account may not do that. */
export function demandPermission(account: Account, permission: Permission): void {
  if (!account.permissions.includes(permission)) throw new ReplyError(550, 'Permission denied.');
}

/** The command as HELP shows it. */
export function syntaxOf({ verb, syntax }: Row): string {
  return syntax === '' ? verb : `${verb} ${syntax}`;
}
