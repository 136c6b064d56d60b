/** An architecture whose kernel queue has so many places: node backlog-server.js ARCHITECTURE BACKLOG ROOT */
import { architectures } from '../../architectures/index.ts';
import { ftpServiceSpec } from '../../src/index.ts';

const [, , name, backlog, root] = process.argv;
const runner = architectures.find((each) => each.name === name)!;
const server = await runner.run({
  service: ftpServiceSpec({ root: root!, log: { level: 'silent' } }),
  listen: { host: '127.0.0.1', port: 0, backlog: Number(backlog) },
});
process.send!(server.address.port);
// With the bench, the child processes end as well.
process.once('disconnect', () => process.exit());
