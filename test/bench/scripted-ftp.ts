import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

const HOST = '127.0.0.1';

/** What is answered to each command; a function answers when it likes. */
export type Script = Readonly<Record<string, string | ((control: Socket, argument: string) => void)>>;

const USUAL: Script = { USER: '331 ', PASS: '230 ', TYPE: '200 ', NOOP: '200 ', QUIT: '221 ' };

export interface ScriptedFtp {
  readonly address: string;
  readonly port: number;
  /** Control connections that are open. */
  readonly controls: ReadonlySet<Socket>;
}

/** A server that does what the test wants, and no more. What it was not told is answered by 500. */
export async function startScriptedFtp(script: Script, greeting = '220 '): Promise<ScriptedFtp> {
  const answers: Script = { ...USUAL, ...script };
  const controls = new Set<Socket>();
  const server = await listen((control) => {
    controls.add(control);
    control.on('error', () => {}).once('close', () => controls.delete(control));
    control.write(greeting === '' ? '' : `${greeting}\r\n`);
    control.setEncoding('latin1').on('data', (line: string) => {
      const [verb, argument = ''] = line.trimEnd().split(' ');
      const answer = answers[verb!] ?? '500 ';
      if (typeof answer === 'function') answer(control, argument);
      else control.write(`${answer}\r\n`);
    });
  });
  onTestFinished(() => {
    server.close();
    for (const control of controls) control.destroy();
  });
  return { address: HOST, port: portOf(server), controls };
}

/** Sends the same over each data connection. @returns how PASV is answered. */
export async function startDataServer(content: string): Promise<string> {
  const server = await listen((data) =>
    data
      .on('error', () => {})
      .end(content)
      .resume(),
  );
  onTestFinished(() => void server.close());
  const port = portOf(server);
  return `227 (127,0,0,1,${port >> 8},${port & 255})`;
}

async function listen(take: (socket: Socket) => void): Promise<Server> {
  const server = createServer(take).listen(0, HOST);
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
