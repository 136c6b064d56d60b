import type { Row } from '../command.ts';
import { reply } from '../reply.ts';

/** The security extensions (RFC 2228, RFC 4217), and what is refused on purpose. */
export const securityCommands: readonly Row[] = [
  refused('AUTH', '<SP> <mechanism>', 'would protect the control connection', 'RFC 2228 section 3'),
  refused('PBSZ', '<SP> <size>', 'would set the size of protection buffers', 'RFC 2228 section 3'),
  refused('PROT', '<SP> <level>', 'would protect the data connection', 'RFC 2228 section 3'),
  refused('CCC', '', 'would take the protection off the control connection', 'RFC 2228 section 3'),
  refused('ADAT', '<SP> <data>', 'would carry data of a security mechanism', 'RFC 2228 section 3'),
  refused('MIC', '<SP> <message>', 'would carry an integrity-protected command', 'RFC 2228 section 3'),
  refused('CONF', '<SP> <message>', 'would carry a confidential command', 'RFC 2228 section 3'),
  refused('ENC', '<SP> <message>', 'would carry a protected command', 'RFC 2228 section 3'),
  refused('SMNT', '<SP> <pathname>', 'would mount another file system', 'RFC 959 section 4.1.1'),
];

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
