import type { Account, Permission } from '../accounts/account.ts';
import type { Row } from './command.ts';
import { ReplyError } from './reply.ts';
import type { Session } from './session.ts';

/**
 * The checks that every command shares, made from its row and nowhere else (security rule S10).
 * @throws ReplyError 530, 501 or 550.
 */
export function check(row: Row, argument: string, { login }: Session): void {
  if (row.access !== 'anyone' && login.state !== 'logged-in') {
    throw new ReplyError(530, 'Log in with USER and PASS first.');
  }
  if (row.argument === 'required' && argument === '') throw new ReplyError(501, `Syntax: ${syntaxOf(row)}`);
  if (row.argument === 'none' && argument.trim() !== '') throw new ReplyError(501, `${row.verb} takes no argument.`);
  if (row.access === 'administrator' && !(login.state === 'logged-in' && login.account.administrator)) {
    throw new ReplyError(550, 'Only administrators may do that.');
  }
  if (row.permission && login.state === 'logged-in') demandPermission(login.account, row.permission);
}

/** @throws ReplyError 550 when the account may not do that. */
export function demandPermission(account: Account, permission: Permission): void {
  if (!account.permissions.includes(permission)) throw new ReplyError(550, 'Permission denied.');
}

/** The command as HELP shows it. */
export function syntaxOf({ verb, syntax }: Row): string {
  return syntax === '' ? verb : `${verb} ${syntax}`;
}
