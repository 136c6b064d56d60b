import { ftpServiceSpec } from 'ohai-ftpd';
import { architectures } from 'ohai-ftpd/architectures';
import { expect, test } from 'vitest';

const WRONG = [{ workers: 0 }, { workers: 1.5 }, { workers: 5_000 }, { maxConnections: 0 }, { queue: 0 }];

test.each(architectures.flatMap((runner) => WRONG.map((wrong) => ({ name: runner.name, runner, wrong }))))(
  '$name is not started with $wrong, with which nobody could be served',
  async ({ runner, wrong }) => {
    const service = ftpServiceSpec({ root: '.' });
    const [name] = Object.keys(wrong);
    await expect(runner.run({ service, listen: { host: '127.0.0.1', port: 0 }, ...wrong })).rejects.toThrow(
      new RegExp(`^${name} must be a whole number`),
    );
  },
);
