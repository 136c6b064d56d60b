/** What a TLS context for each session costs: run with --help. */
import { createSecureContext } from 'node:tls';
import { selfSigned } from '../../src/tls/self-signed.ts';
import { newTicketKeys, sealTickets, type TicketKeys } from '../../src/tls/ticket-keys.ts';
import { distribution } from '../measure/percentiles.ts';
import { runBench } from './report.ts';

/** OpenSSL gives out two tickets at a handshake of TLS 1.3. */
const TICKETS = 2;
const SESSIONS_A_ROUND = 1000;

/** What OpenSSL calls for each ticket. */
interface Sealing {
  onticketkeycallback(name: Buffer, iv: Buffer, sealing: boolean): unknown;
}

await runBench(
  {
    title: 'TLS contexts',
    description: `
Every FTP session has ticket keys of its own. Compares what a context of its own for each session would cost with what a
prepared one costs whose tickets are sealed with the keys of the session: new keys, and what is asked for at each of the two
tickets of a handshake.`,
    numbers: { rounds: { default: 15, description: 'rounds of each, in turn' } },
  },
  async function* (numbers) {
    const { certificate: cert, key } = selfSigned(['localhost']);
    const prepared = createSecureContext({ cert, key });
    let keys: TicketKeys = newTicketKeys();
    sealTickets(prepared, () => keys);
    const sealing = prepared.context as Sealing;
    const [name, iv] = [Buffer.alloc(16), Buffer.alloc(16)];

    const made: number[] = [];
    const reused: number[] = [];
    for (let round = 0; round < numbers('rounds'); round++) {
      made.push(microsecondsOf(10, () => createSecureContext({ cert, key })));
      reused.push(
        microsecondsOf(SESSIONS_A_ROUND, () => {
          keys = newTicketKeys();
          for (let ticket = 0; ticket < TICKETS; ticket++) sealing.onticketkeycallback(name, iv, true);
        }),
      );
    }
    yield { name: 'a context made for each session', value: distribution(made).p50, unit: 'µs' };
    yield {
      name: 'a prepared one, with the keys of the session',
      value: distribution(reused).p50,
      unit: 'µs',
      bound: 50,
    };
  },
);

function microsecondsOf(times: number, work: () => void): number {
  const begin = performance.now();
  for (let time = 0; time < times; time++) work();
  return ((performance.now() - begin) * 1000) / times;
}
