/** How long it takes to start a thread or a process: with nothing in it, and as the units of the server are started. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Roster } from '../../src/runtime/roster.ts';
import type { ServiceSpec } from '../../src/runtime/service.ts';
import { Unit } from '../../src/runtime/unit.ts';

const BARE = new URL('./bare-unit.js', import.meta.url);

/** From `new Worker` to its first message. */
export async function startBareWorker(): Promise<number> {
  const start = performance.now();
  const worker = new Worker(BARE);
  await once(worker, 'message');
  const ms = performance.now() - start;
  await worker.terminate();
  return ms;
}

/** From spawn to the first message, with the standard streams and the channel that a unit of the server has. */
export async function startBareProcess(): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [fileURLToPath(BARE)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const exited = once(child, 'exit');
  await once(child, 'message');
  const ms = performance.now() - start;
  await exited;
  return ms;
}

/** From its start to `ready`, of a unit that has no client and then ends. */
export async function startUnit(kind: 'process' | 'thread', service: ServiceSpec): Promise<number> {
  const start = performance.now();
  const unit = new Unit({ kind, roster: new Roster(), order: { unit: 1, service }, onTrouble: () => {} });
  await unit.ready;
  const ms = performance.now() - start;
  await unit.ended;
  return ms;
}
