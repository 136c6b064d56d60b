/**
 * How long expect.poll() waits for what is to come, for the option `expect` of vitest's configurations. By default it is a
 * second, in which a process that starts on a busy machine has not even begun.
 */
export const patience = { poll: { timeout: 10_000, interval: 20 } };
