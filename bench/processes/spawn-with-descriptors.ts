import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Runs node with at least so many descriptors, or as many as the system permits: only root may go beyond the hard limit.
 * @param args of node. @param ipc with a channel for messages, which may be whatever can be cloned: Infinity and Map too.
 */
export function spawnWithDescriptors(descriptors: number, args: readonly string[], ipc = false): ChildProcess {
  const raise = `[ "$(ulimit -n)" -ge ${descriptors} ] || ulimit -n ${descriptors} 2>/dev/null || ulimit -n "$(ulimit -H -n)"`;
  return spawn('sh', ['-c', `${raise}; exec "$0" "$@"`, process.execPath, ...args], {
    stdio: ['ignore', ipc ? 'inherit' : 'pipe', 'inherit', ...(ipc ? (['ipc'] as const) : [])],
    serialization: 'advanced',
  });
}
