import type { Rates as ProtocolRates } from '../protocol/rates.ts';
import { RateLimiter } from '../runtime/rate-limiter.ts';
import type { Rates } from '../runtime/rates.ts';

/** A limit for one transfer, in this process and thread. */
export function newRateLimit(bytesPerSecond: number): RateLimiter {
  return new RateLimiter(bytesPerSecond);
}

/** What transfers know of rates, from what the runtime knows of them. */
export function ratesOf(rates: Rates): ProtocolRates {
  return {
    own: newRateLimit,
    shared: (name, bytesPerSecond) => ({
      take: (octets, signal) => rates.take(name, bytesPerSecond, octets, signal),
    }),
  };
}
