/** Said to clients that are not let in (RFC 959 section 4.2.1: 421 may be the reply to any command, and to the connect). */
export const FTP_REFUSALS = {
  'too-many': '421 Too many connections; try again later.\r\n',
  'too-many-of-address': '421 Too many connections from your address.\r\n',
  banned: '421 Too many failed logins from your address; try again later.\r\n',
} as const;
