import { checkCapacity } from './capacity.ts';
import { type AcceptedClient, KernelListener } from './kernel-listener.ts';
import { Roster } from './roster.ts';
import type { RunningServer, RunOptions } from './runner.ts';
import { RosteredServer } from './running-server.ts';
import type { Staff } from './staff.ts';

/** How a parent hands on the clients that it accepts. Ends when the clients do. */
export type ParentPolicy<Kind extends Staff> = (clients: AsyncIterable<AcceptedClient>, staff: Kind) => Promise<void>;

/**
 * Accepts in this process, and has clients served elsewhere, as `policy` says.
 * @param hire makes those who serve. Fulfilled when they would serve a client.
 * @throws what makes it impossible to serve or to listen; nothing stays open then.
 */
export async function startParent<Kind extends Staff>(
  options: RunOptions,
  hire: (roster: Roster, options: RunOptions) => Promise<Kind>,
  policy: ParentPolicy<Kind>,
): Promise<RunningServer> {
  checkCapacity(options);
  const roster = new Roster(options.limits);
  const listener = await KernelListener.open(
    [options.listen, ...(options.alsoListen ?? [])],
    options.onError ?? ignore,
  );
  try {
    await options.onListening?.(listener.addresses[0]!);
    const staff = await hire(roster, options);
    const policyEnded = policy(
      listener.clients(() => roster.mayAccept()),
      staff,
    );
    return new RosteredServer(listener.addresses, roster, {
      reconfigure: (options) => staff.reconfigure(options),
      stopAccepting: () => listener.close(),
      drain: () => staff.drain(),
      finished: () => Promise.all([policyEnded, staff.finished()]),
      endClients: () => staff.endClients(),
      giveUp: async () => {
        staff.kill();
        await staff.finished();
      },
      release: () => staff.dispose?.(),
    });
  } catch (error) {
    listener.close();
    throw error;
  }
}

function ignore(): void {}
