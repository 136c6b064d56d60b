import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { HostProcess } from '../../src/cli/host-process.ts';

/** A process for the command line that keeps what is written and is sent signals by the test. */
export class FakeHost extends EventEmitter implements HostProcess {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly env: Record<string, string | undefined> = {};
  readonly exitCodes: number[] = [];

  exit(code: number): void {
    this.exitCodes.push(code);
  }

  /** What has been written so far and not been taken yet. */
  takeOut(): string {
    return take(this.stdout);
  }

  takeErr(): string {
    return take(this.stderr);
  }
}

function take(stream: PassThrough): string {
  return stream.read()?.toString() ?? '';
}
