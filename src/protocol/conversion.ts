import type { CommandContext } from './command.ts';

/** Whether octets are converted on their way (TYPE A): then offsets in the file and on the wire differ. */
export function converts({ session, environment }: Pick<CommandContext, 'session' | 'environment'>): boolean {
  return session.type === 'ascii' && environment.settings.asciiConversion;
}
