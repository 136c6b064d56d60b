import type { ServerAddress } from '../client/ftp-client.ts';
import type { LoadPlan, LoadResult } from './ftp-load.ts';

/** Programs that do what a plan says, and tell how it went. */
export interface Clients {
  /**
   * @param limitMs after so long without an end, they are ended.
   * @param whileConnected called when they have done their work and are still there, by those that can wait.
   * @throws WrongOctets, or Error with what went wrong.
   */
  run(
    server: ServerAddress,
    plan: LoadPlan,
    limitMs: number,
    whileConnected?: () => void | Promise<void>,
  ): Promise<LoadResult>;
}
