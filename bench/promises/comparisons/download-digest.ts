import { createHash } from 'node:crypto';
import { FtpClient, type ServerAddress } from '../../client/ftp-client.ts';

/**
 * Downloads a file and gives its SHA-256.
 * @param limitMs after so long it is given up.
 * @param secure whether over TLS.
 * @throws Error when the server refuses or does not come to an end.
 */
export async function sha256OfDownload(
  server: ServerAddress,
  name: string,
  limitMs: number,
  secure = false,
): Promise<string> {
  using client = await FtpClient.login(server, { secure });
  const timer = setTimeout(() => client.socket.destroy(), limitMs);
  try {
    await client.command('TYPE I', 200);
    const data = await client.passive();
    // Without the control connection nobody would end it.
    client.socket.once('close', () => data.destroy());
    client.send(`RETR ${name}`);
    const hash = createHash('sha256');
    for await (const chunk of secure ? client.secureData(data) : data) hash.update(chunk);
    const { code, lines } = await client.reply();
    if (code >= 200) throw new Error(`expected 150, got: ${lines.join(' / ')}`);
    await client.expect(226);
    return hash.digest('hex');
  } finally {
    clearTimeout(timer);
  }
}
