/** The client of login-load.c: compiled here, and run. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ServerAddress } from '../client/ftp-client.ts';
import { compileProgram } from './c-program.ts';

const run = promisify(execFile);

export interface LoginRun {
  readonly sessions: number;
  /** By the clock. */
  readonly seconds: number;
  /** Of the client. */
  readonly processorSeconds: number;
}

export interface LoginPlan {
  readonly server: ServerAddress;
  readonly sessions: number;
  readonly atOnce: number;
}

export class LoginLoad {
  readonly #program: string;

  private constructor(program: string) {
    this.#program = program;
  }

  /**
   * @param directory for the program.
   * @throws Error when there is no C compiler: a client in JavaScript would take as much of the machine as the server.
   */
  static async compile(directory: string): Promise<LoginLoad> {
    return new LoginLoad(await compileProgram('login-load', directory, '-O2'));
  }

  /** Logs in as anonymous. @throws Error when a session goes wrong. */
  async run({ server, sessions, atOnce }: LoginPlan): Promise<LoginRun> {
    const target = [
      server.address,
      String(server.port),
      String(sessions),
      String(atOnce),
      'anonymous',
      'x@example.org',
    ];
    const { stdout } = await run(this.#program, target);
    return JSON.parse(stdout) as LoginRun;
  }
}
