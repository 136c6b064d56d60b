import { isIPv4 } from 'node:net';
import { InvalidArgumentError } from 'commander';
import { MOST_WORKERS } from '../runtime/capacity.ts';
import type { IdentityNames } from '../runtime/identity.ts';

/** How the texts behind options become values. Each throws commander's InvalidArgumentError for a text that is wrong. */

/** 24 days: no timer of Node waits longer. */
const MAX_SECONDS = 2_147_483;

/** A parser that throws ordinary errors, for use with commander. */
export function argumentOf<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(`${(error as Error).message}.`);
    }
  };
}

/** A text that a shell left empty, as in `--root "$FOLDER"`, would mean the current folder, or every address. */
export function nonEmptyArgument(text: string): string {
  if (text === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
}

/** @returns a port to listen on, 0…65535. */
export function portArgument(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return Number(text);
}

/** @returns first and last of a range of ports, from `A-B`. */
export function portRangeArgument(text: string): readonly [number, number] {
  const [first, last] = (/^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []).slice(1).map(Number);
  if (!first || !last || first > last || last > 65535) {
    throw new InvalidArgumentError('A range of ports is written like 50000-50099.');
  }
  return [first, last];
}

/** @returns milliseconds, 1 or more, from seconds. */
export function secondsArgument(text: string): number {
  const milliseconds = secondsOrZeroArgument(text);
  if (milliseconds === 0) throw new InvalidArgumentError('It must be more than 0 seconds.');
  return milliseconds;
}

/** @returns milliseconds, 0 or more, from seconds. */
export function secondsOrZeroArgument(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) > MAX_SECONDS) {
    throw new InvalidArgumentError(`It must be a number of seconds, at most ${MAX_SECONDS}.`);
  }
  return Math.round(Number(text) * 1000);
}

/** @returns a whole number, 0 or more. */
export function countArgument(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** @returns a whole number, 1 or more. */
export function positiveArgument(text: string): number {
  if (countArgument(text) === 0) throw new InvalidArgumentError('It must be 1 or more.');
  return Number(text);
}

/** @returns how many processes or threads, 1…1024. */
export function workersArgument(text: string): number {
  if (positiveArgument(text) > MOST_WORKERS) throw new InvalidArgumentError(`It must be at most ${MOST_WORKERS}.`);
  return Number(text);
}

export function ipv4Argument(text: string): string {
  if (!isIPv4(text)) throw new InvalidArgumentError('It must be an IPv4 address such as 203.0.113.7.');
  return text;
}

/** A user, and perhaps a group, as chown(1) has them: names or numbers. */
export function identityArgument(text: string): IdentityNames {
  const [, user, group] = /^([^:]+)(?::([^:]+))?$/.exec(text) ?? [];
  if (user === undefined) throw new InvalidArgumentError('It must be USER or USER:GROUP, by name or number.');
  return { user, ...(group !== undefined && { group }) };
}
