import { blocking } from './blocking.ts';
import { burst } from './burst.ts';
import { cloudHash } from './cloud-hash.ts';
import { crash } from './crash.ts';
import { httpConnections } from './http-connections.ts';
import { httpKeepAlive } from './http-keep-alive.ts';
import { idleClients } from './idle-clients.ts';
import { largeRetr } from './large-retr.ts';
import { largeStor } from './large-stor.ts';
import { listing } from './listing.ts';
import { login } from './login.ts';
import { scaling } from './scaling.ts';
import { shortSessions } from './short-sessions.ts';
import { slowReaders } from './slow-readers.ts';
import { smallFiles } from './small-files.ts';
import type { Workload } from './workload.ts';

/** In the order of the report. A new one joins everything by its line here. */
export const workloads: readonly Workload[] = [
  login,
  shortSessions,
  largeRetr,
  largeStor,
  smallFiles,
  listing,
  idleClients,
  scaling,
  slowReaders,
  burst,
  blocking,
  crash,
  httpKeepAlive,
  httpConnections,
  cloudHash,
];
