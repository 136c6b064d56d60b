/** Clients of examples/cloud-hash: each stores under a key of its own, and asks for it. */
import { CloudHashClient, CloudHashError } from '../../examples/cloud-hash/client.ts';
import type { Account, Client } from './client.ts';
import { NodeClock } from './clock.ts';
import { Crowd } from './crowd.ts';
import type { Driver } from './driver.ts';
import { OperationError } from './operation-error.ts';
import type { CloudHashPlan } from './plan.ts';

const PATIENCE_MS = 10_000;

export function cloudHashClients(plan: CloudHashPlan): Driver {
  const crowd = { ...plan, pace: { kind: 'closed' }, patienceMs: PATIENCE_MS, finishes: true } as const;
  return new Crowd(crowd, new NodeClock(), (account, number) => new HashClient(plan, account, number));
}

class HashClient implements Client {
  readonly #plan: CloudHashPlan;
  readonly #account: Account;
  readonly #key: string;
  #hash: CloudHashClient | undefined;
  #requests = 0;

  constructor(plan: CloudHashPlan, account: Account, number: number) {
    this.#plan = plan;
    this.#account = account;
    this.#key = `client-${number}`;
  }

  get connected(): boolean {
    return this.#hash !== undefined;
  }

  /** The first request connects. */
  prepare(): Promise<void> {
    return this.operate();
  }

  async operate(): Promise<void> {
    const { address: host, port } = this.#plan.server;
    this.#hash ??= new CloudHashClient({ host, port, framing: 'newline', timeoutMs: PATIENCE_MS });
    try {
      await this.#ask(this.#hash, this.#requests++);
    } catch (error) {
      this.close();
      throw error instanceof CloudHashError ? new OperationError('the answer is an error') : error;
    }
    if (!this.#plan.keepConnection) this.close();
  }

  close(): void {
    this.#hash?.close();
    this.#hash = undefined;
  }

  async #ask(hash: CloudHashClient, request: number): Promise<void> {
    const value = `value-${Math.floor(request / 2)}`;
    if (request % 2 === 0) return hash.set(this.#key, value);
    // Another process, or thread, may answer than the one that has stored: it has older values of this key, or none.
    const got = await hash.get(this.#key);
    if (got !== undefined && !/^value-\d+$/.test(got))
      this.#account.wrong(`GET ${this.#key}: ${got} instead of ${value}`);
  }
}
