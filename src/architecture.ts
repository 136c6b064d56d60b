/**
 * What architectures are made of: everything that a file in architectures/ imports. Apart from the rest of the public API,
 * because the children of some architectures load that file again, and have no use for the rest.
 */
export { oneProcessEach, oneThreadEach } from './runtime/one-each.ts';
export type { Policy } from './runtime/policy.ts';
export type { Runner } from './runtime/runner.ts';
export { startCrew } from './runtime/start-crew.ts';
export { startParent } from './runtime/start-parent.ts';
export { startServer } from './runtime/start-server.ts';
export { threadPool } from './runtime/thread-pool.ts';
