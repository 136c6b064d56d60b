import { describe, expect, test } from 'vitest';
import { greeted, startTestServer } from '../../support/test-server.ts';
import { servedFiles, text } from './served.ts';

describe('what is refused on purpose', () => {
  test.each(['CCC', 'ADAT xyz', 'MIC xyz', 'CONF xyz', 'ENC xyz', 'SMNT /mnt'])(
    'W33: %s is answered 502: known, and not implemented',
    async (line) => {
      const { client } = await servedFiles();
      const verb = line.split(' ')[0];
      expect(text(await client.command(line))).toBe(`502 ${verb} is not implemented.`);
      expect(text(await client.command('HELP'))).not.toMatch(new RegExp(`\\b${verb}\\b`));
    },
  );

  test.each(['AUTH TLS', 'PBSZ 0', 'PROT P'])('W33: without a certificate, so is %s', async (line) => {
    const { client } = await servedFiles();
    expect(text(await client.command(line))).toMatch(/^502 .* has no certificate\.$/);
    expect(text(await client.command('FEAT'))).not.toMatch(/AUTH|PBSZ|PROT/);
  });

  test('is answered so before login as well: curl sends AUTH first', async () => {
    const stranger = await greeted(await startTestServer());
    expect(await stranger.code('AUTH SSL')).toBe(502);
    expect(await stranger.code('AUTH TLS')).toBe(502);
    expect(await stranger.code('USER alice')).toBe(331);
  });
});
