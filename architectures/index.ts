import type { Runner } from '../src/architecture.ts';
import { hybridEventMachine } from './hybrid-eventmachine.ts';
import { hybridNginx } from './hybrid-nginx.ts';
import { hybridPuma } from './hybrid-puma.ts';
import { prefork } from './prefork.ts';
import { processPerConnection } from './process-per-connection.ts';
import { reactor } from './reactor.ts';
import { serial } from './serial.ts';
import { threadPerConnection } from './thread-per-connection.ts';
import { threadPool } from './thread-pool.ts';

/** Every architecture, in the order of the book. A new one joins everything by its line here. */
export const architectures: readonly Runner[] = [
  serial,
  processPerConnection,
  threadPerConnection,
  prefork,
  threadPool,
  reactor,
  hybridNginx,
  hybridPuma,
  hybridEventMachine,
];
