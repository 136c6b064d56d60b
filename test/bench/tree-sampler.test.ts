import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { processorSecondsOf } from '../../bench/measure/processor-time.ts';
import { TreeSampler } from '../../bench/measure/tree-sampler.ts';

const MIB = 2 ** 20;
const LOOK_MS = 20;
const LIMIT_MS = 10_000;

/** Takes so many milliseconds of the processor, the kernel's part of it included. */
const BURN = `
  const taken = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
  const burn = (ms) => { const end = taken() + ms; while (taken() < end) for (let i = 0; i < 1e5; i++); };`;

/**
 * A program in a process of its own, which does what it is told by lines of JavaScript and says when it has.
 * Standard input is its lifeline: it ends with this process.
 */
class Obedient {
  readonly child: ChildProcess;

  constructor() {
    const program = `
      const { fork, spawn } = require('node:child_process');
      const { Worker } = require('node:worker_threads');
${BURN}
      let kept = [];
      process.on('message', async (line) => { await eval('(async () => {' + line + '})()'); process.send('done'); });
      process.on('disconnect', () => process.exit());`;
    this.child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    onTestFinished(async () => {
      if (this.child.exitCode !== null || this.child.signalCode !== null) return;
      const ended = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await ended;
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  async does(line: string): Promise<void> {
    const done = once(this.child, 'message');
    this.child.send(line);
    await done;
  }
}

/** Processes that it starts end when it does: they read from a pipe that it holds. */
const START_CAT = "const cat = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] }); kept.push(cat);";
const END_CATS =
  "for (const cat of kept) { const ended = new Promise((r) => cat.on('exit', r)); cat.stdin.end(); await ended; } kept = [];";

async function untilSeen(sampler: TreeSampler): Promise<void> {
  const { samples } = sampler.cost;
  const deadline = performance.now() + LIMIT_MS;
  while (sampler.cost.samples <= samples) {
    expect(performance.now()).toBeLessThan(deadline);
    await delay(LOOK_MS);
  }
}

describe('the sampler of a process tree', () => {
  test('counts what was used between start and stop, and nothing of before', async () => {
    const program = new Obedient();
    await program.does('burn(300)');
    using sampler = TreeSampler.start(program.pid);
    await program.does('burn(200)');
    const use = await sampler.stop();
    expect(use.processorSeconds).toBeGreaterThanOrEqual(0.19);
    // However slow the machine is, what it takes of the processor hardly grows; the 300 ms from before would show.
    expect(use.processorSeconds).toBeLessThan(0.45);
    expect(use).toMatchObject({ processes: 1 });
    expect(use.threads).toBeGreaterThan(1);
    expect(use.descriptors).toBeGreaterThan(3);
    expect(use.rssBytes).toBeGreaterThan(10 * MIB);
    expect(use.pssBytes).toBeGreaterThan(1 * MIB);
    expect(use.pssBytes).toBeLessThanOrEqual(use.rssBytes);
  });

  test('counts children that have ended meanwhile, and the most that there were', async () => {
    const program = new Obedient();
    await program.does('');
    using sampler = TreeSampler.start(program.pid);
    await program.does(START_CAT.repeat(3).replaceAll('const cat', 'var cat'));
    await untilSeen(sampler);
    await program.does(END_CATS);
    await program.does(
      `await new Promise((r) => spawn(process.execPath, ['-e', ${JSON.stringify(`${BURN} burn(200)`)}]).on('exit', r));`,
    );
    const use = await sampler.stop();
    expect(use.processes).toBe(4);
    // Counted by its parent in hundredths of a second.
    expect(use.processorSeconds).toBeGreaterThanOrEqual(0.18);
  });

  test('counts threads that have ended: their processor time in full, their switches as far as they were seen', async () => {
    const program = new Obedient();
    await program.does('');
    using sampler = TreeSampler.start(program.pid);
    // A thread that wakes up some hundred times.
    const busy =
      "let n = 0; const again = () => ++n < 300 ? setTimeout(again, 1) : require('node:worker_threads').parentPort.postMessage(n); again(); setInterval(() => {}, 1000);";
    await program.does(
      `const w = new Worker(${JSON.stringify(busy)}, { eval: true }); await new Promise((r) => w.on('message', r)); kept.push(w);`,
    );
    await untilSeen(sampler);
    await program.does('await kept[0].terminate(); kept = [];');
    const { voluntarySwitches } = await sampler.stop();
    expect(voluntarySwitches).toBeGreaterThan(250);
  });

  test('takes what a child was last seen at for what nobody waited for, and a tree that has gone for no error', async () => {
    const program = new Obedient();
    using sampler = TreeSampler.start(program.pid);
    await program.does('burn(200)');
    await untilSeen(sampler);
    const ended = once(program.child, 'exit');
    program.child.kill('SIGKILL');
    await ended;
    const use = await sampler.stop();
    expect(use.processorSeconds).toBeGreaterThanOrEqual(0.19);
    expect(use).toMatchObject({ processes: 1, rssBytes: 0, pssBytes: 0 });
  });

  test('of a process that was never there finds nothing', async () => {
    // The largest number that Linux gives is 2^22.
    using sampler = TreeSampler.start(2 ** 22 + 1);
    expect(await sampler.stop()).toEqual({
      processorSeconds: 0,
      pssBytes: 0,
      rssBytes: 0,
      threads: 0,
      processes: 0,
      descriptors: 0,
      voluntarySwitches: 0,
      involuntarySwitches: 0,
    });
  });

  test('looks ten times a second at the most, and spends little of the processor on it', async () => {
    using sampler = TreeSampler.start(process.pid);
    const begin = performance.now();
    await delay(500);
    const { samples, processorMs } = sampler.cost;
    expect(samples).toBeLessThanOrEqual(1 + (performance.now() - begin) / 100);
    expect(processorMs - processorMs / samples).toBeLessThanOrEqual((performance.now() - begin) / 20);
  });

  test('agrees with the clock of the process', async () => {
    const program = new Obedient();
    await program.does('burn(100)');
    const before = processorSecondsOf(program.pid);
    using sampler = TreeSampler.start(program.pid);
    await program.does('burn(100)');
    const use = await sampler.stop();
    expect(use.processorSeconds).toBeCloseTo(processorSecondsOf(program.pid) - before, 1);
  });
});
