import { join } from 'node:path';

/** Where the example is built to. Node 20 cannot load TypeScript in the processes that it starts. */
export const BUILT = join(import.meta.dirname, '../../dist/examples/cloud-hash');
