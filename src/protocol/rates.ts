import type { RateLimit } from '../transfer/throttle.ts';
import type { CommandContext } from './command.ts';

/** Octets per second that transfers may not exceed; what is absent is not limited. */
export interface MaxBytesPerSecond {
  /** Of all transfers of the server. */
  readonly server?: number;
  /** Of all transfers of one account; it may have a rate of its own instead. */
  readonly perUser?: number;
  readonly perTransfer?: number;
}

/** Where limits come from. */
export interface Rates {
  /** A limit that nobody shares. */
  own(bytesPerSecond: number): RateLimit;
  /** The limit of that name, over all processes and threads of the server. */
  shared(name: string, bytesPerSecond: number): RateLimit;
}

/** The limits of a transfer that begins; none when it may be as fast as it can. */
export function rateLimits({ account, environment }: CommandContext): readonly RateLimit[] {
  const { settings, rates } = environment;
  const { server, perUser, perTransfer } = settings.maxBytesPerSecond;
  const ofAccount = account.maxBytesPerSecond ?? perUser;
  return [
    ...(perTransfer === undefined ? [] : [rates.own(perTransfer)]),
    ...(ofAccount === undefined ? [] : [rates.shared(`user ${account.name}`, ofAccount)]),
    ...(server === undefined ? [] : [rates.shared('server', server)]),
  ];
}
