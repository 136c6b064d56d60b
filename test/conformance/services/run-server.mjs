// A server in a process of its own, for what would take the tests along: does what its parent says, and answers.
import { architectures } from 'ohai-ftpd/architectures';

let running;

const duties = {
  run: async (name, options) => {
    const runner = architectures.find((candidate) => candidate.name === name);
    running = await runner.run({ ...options, onError: ({ message }) => process.send({ trouble: message }) });
    return running.addresses;
  },
  stats: () => running.stats(),
  who: () => running.who(),
  close: (options) => running.close(options),
  collectGarbage: () => globalThis.gc?.(),
};

process.on('message', async ({ call, args, n }) => {
  try {
    process.send({ n, answer: await duties[call](...args) });
  } catch ({ message }) {
    process.send({ n, failure: message });
  }
});
process.on('disconnect', () => process.exit());
