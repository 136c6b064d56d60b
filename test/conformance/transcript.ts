import { ControlClient, type DataClient, type ReceivedReply } from '../support/control-client.ts';

type Address = Parameters<typeof ControlClient.connect>[0];

/** What a client and a server said to each other: `> line`, `< reply`, and `| line` for what the data connection carried. */
class Recorder {
  readonly #client: ControlClient;
  readonly #lines: string[] = [];

  private constructor(client: ControlClient) {
    this.#client = client;
  }

  static async connect(to: Address): Promise<Recorder> {
    const recorder = new Recorder(await ControlClient.connectRaw(to));
    await recorder.reply();
    return recorder;
  }

  async say(line: string): Promise<ReceivedReply> {
    this.#lines.push(`> ${line}`);
    this.#client.send(line);
    return this.reply();
  }

  async reply(): Promise<ReceivedReply> {
    const answer = await this.#client.reply();
    this.#lines.push(...answer.lines.map((line) => `< ${line}`));
    return answer;
  }

  async sayAll(lines: readonly string[]): Promise<void> {
    for (const line of lines) await this.say(line);
  }

  async passive(): Promise<DataClient> {
    this.#lines.push('> EPSV', '< 229 Entering Extended Passive Mode (|||PORT|)');
    return this.#client.passive();
  }

  async download(line: string): Promise<void> {
    const data = await this.passive();
    await this.say(line);
    const content = (await data.everything()).toString().split('\r\n').slice(0, -1);
    this.#lines.push(...content.map((each) => `| ${each}`));
    await this.reply();
  }

  async upload(line: string, content: string): Promise<void> {
    const data = await this.passive();
    await this.say(line);
    data.socket.end(content);
    this.#lines.push(
      ...content
        .split('\r\n')
        .slice(0, -1)
        .map((each) => `| ${each}`),
    );
    await this.reply();
    data.socket.destroy();
  }

  async end(): Promise<string> {
    this.#client.socket.end();
    await this.#client.closed();
    return `${this.#lines.map(normalise).join('\n')}\n`;
  }
}

/** Takes out what differs from run to run and from machine to machine. */
function normalise(line: string): string {
  return line
    .replace(/^(< .*Connected from 127\.0\.0\.1, port )\d+$/, '$1PORT')
    .replace(/^(< .*Served by ).*$/, '$1ARCHITECTURE')
    .replace(/^(< 211-\S+ )\d\S*( status:)$/, '$1VERSION$2')
    .replace(/\d+ s( ago)?$/, 'N s$1')
    .replace(/modify=\d{14}/, 'modify=TIME')
    .replace(/unique=[^;]+/, 'unique=ID')
    .replace(/UNIX\.uid=\d+;UNIX\.gid=\d+/, 'UNIX.uid=UID;UNIX.gid=GID')
    .replace(/^(\| [-d][-rwx]{9} +\d+) \S+ +\S+( +\d+) \w{3} [ \d]\d (?:\d\d:\d\d| \d{4}) /, '$1 OWNER GROUP$2 DATE ');
}

/**
 * One long session, as a person with a client in each hand might have it. It is the same for every architecture, to the
 * last octet: who serves a client must not show in what the client is told. The root of the server is empty.
 * @returns the transcript, normalised.
 */
export async function recordSession(to: Address, user: string, password: string): Promise<string> {
  const session = await Recorder.connect(to);
  await session.sayAll(['SYST', 'FEAT', 'PWD', `USER ${user}`, 'PASS wrong', `USER ${user}`, `PASS ${password}`]);
  await session.sayAll(['PWD', 'OPTS UTF8 ON', 'SITE UMASK 022', 'NONSENSE', 'STOR', 'RETR missing', 'CCC']);

  await session.sayAll(['MKD a dir', 'MKD a dir', 'CWD a dir', 'PWD', 'TYPE I']);
  await session.upload('STOR café "1".txt', 'one\r\ntwo\r\nthree\r\n');
  await session.download('LIST');
  await session.download('NLST');
  await session.download('MLSD');
  await session.sayAll(['MLST café "1".txt', 'SIZE café "1".txt', 'HASH café "1".txt', 'XCRC "café "1".txt" 0 3']);
  await session.sayAll(['MFMT 20010203040506 café "1".txt', 'MDTM café "1".txt']);
  await session.download('RETR café "1".txt');

  await session.say('REST 5');
  await session.download('RETR café "1".txt');
  await session.say('REST 5');
  await session.upload('STOR café "1".txt', 'TWO\r\n');
  await session.upload('APPE café "1".txt', 'four\r\n');
  await session.say('REST 100');
  await session.passive();
  await session.say('RETR café "1".txt');
  await session.download('RETR café "1".txt');
  await session.upload('STOU café "1".txt', 'unique\r\n');
  await session.download('NLST *');
  await session.download('LIST -r');

  await session.say('TYPE A');
  await session.upload('STOR text', 'one\r\ntwo\r\n');
  await session.sayAll(['SIZE text', 'TYPE I', 'SIZE text']);

  await session.sayAll(['RNTO x', 'RNFR missing', 'RNFR text', 'RNTO ../renamed', 'CDUP', 'RMD a dir']);
  const data = await session.passive();
  await session.say('STOR endless');
  await session.say('STAT');
  await session.say('NOOP');
  await session.say('ABOR');
  await session.reply();
  data.socket.destroy();
  await session.sayAll(['ABOR', 'STAT', 'STAT renamed nowhere']);

  await session.sayAll(['DELE renamed', 'DELE renamed', 'DELE a dir/café "1".txt', 'DELE a dir/café "1".txt.1']);
  await session.sayAll(['RMD a dir', 'REIN', 'PWD', 'QUIT']);
  return session.end();
}
