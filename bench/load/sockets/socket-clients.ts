/** Many FTP clients that cost little. */
import { isIPv4 } from 'node:net';
import { PlannedClient } from '../client.ts';
import { Crowd, crowdPlan } from '../crowd.ts';
import type { Driver } from '../driver.ts';
import type { FtpPlan } from '../plan.ts';
import { Dialect } from './dialect.ts';
import { Poller } from './poller.ts';
import { Session } from './session.ts';
import { SocketAddress } from './system-calls.ts';

/** Connections to loopback come from 127.1.0.1 to 127.1.0.200 in turn: each has ephemeral ports of its own, TIME_WAIT or not. */
const LOCAL_ADDRESSES = 200;
const [PATIENCE_LOOKS, LONGEST_LOOK_MS] = [5, 250];

export function socketClients(plan: FtpPlan): Driver {
  const { server, patienceMs } = plan;
  const poller = new Poller();
  const surroundings = {
    poller,
    server: new SocketAddress(server.address, server.port),
    dataServer: new SocketAddress(server.address, 0),
    dialect: new Dialect(),
    patienceMs,
    nextLocalAddress: localAddresses(server.address),
  };
  const sessions: Session[] = [];
  const crowd = new Crowd(crowdPlan(plan), poller, (account, number) => {
    const session = new Session(surroundings, account);
    sessions.push(session);
    return new PlannedClient(session, plan, number);
  });
  poller.start();
  const look = setInterval(
    () => {
      for (const session of sessions) session.beImpatient();
    },
    Math.min(LONGEST_LOOK_MS, patienceMs / PATIENCE_LOOKS),
  );
  return {
    prepare: () => crowd.prepare(),
    run: (measuring) => crowd.run(measuring),
    stop: () => crowd.stop(),
    close() {
      crowd.close();
      clearInterval(look);
      poller[Symbol.dispose]();
    },
  };
}

/** The addresses in turn; beginning anywhere, so that two processes do not begin at the same one. */
function localAddresses(server: string): () => SocketAddress | undefined {
  if (!isIPv4(server) || !server.startsWith('127.')) return () => undefined;
  const addresses = Array.from({ length: LOCAL_ADDRESSES }, (_, index) => new SocketAddress(`127.1.0.${index + 1}`, 0));
  let next = process.pid;
  return () => addresses[next++ % LOCAL_ADDRESSES];
}
