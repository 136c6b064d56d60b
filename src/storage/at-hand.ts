/**
 * Files whose status is in the memory of this machine. To look at one on the spot takes a tenth of the time that it takes to
 * hand the question to a thread of Node's pool, and of small files that is most of all there is to do.
 */
import { stat } from 'node:fs/promises';
import { Statx, statxAvailable } from '../posix/statx.ts';
import type { Place } from './disk-jail.ts';
import type { StatusFields } from './disk-status.ts';
import { localMedium, type Medium } from './local-file-systems.ts';

/** Numbers of devices are given anew when something else is mounted. */
const REMEMBERED_MS = 60_000;

/** What kind of file system is on a device. */
const devices = new Map<number, { readonly medium: Medium | undefined; readonly askedMs: number }>();

let statx: Statx | undefined;

export interface AtHand {
  readonly fields: StatusFields;
  readonly medium: Medium;
}

/**
 * @returns undefined for what is not on a file system of this machine, and where it cannot be found out without waiting: the
 *   ordinary way is open then.
 */
export async function lookAtHand({ descriptor }: Pick<Place, 'descriptor'>): Promise<AtHand | undefined> {
  if (descriptor === undefined) return undefined;
  const fields = look(descriptor);
  if (!fields) return undefined;
  const medium = mediumOn(fields.dev, descriptor);
  if (!(medium instanceof Promise)) return medium && { fields: fields.copy(), medium };
  await medium;
  return undefined;
}

/** What is open already is at hand. @returns undefined when the kernel cannot tell. */
export function statusOfOpen(descriptor: number): StatusFields | undefined {
  return look(descriptor)?.copy();
}

/** On what kind of file system an open file is, wherever its name has led to; at once if another one of it was asked for. */
export function mediumOfOpen(descriptor: number): Medium | undefined | Promise<Medium | undefined> {
  const fields = look(descriptor);
  return fields ? mediumOn(fields.dev, descriptor) : askMedium(descriptor);
}

function look(descriptor: number): Statx | undefined {
  if (!statxAvailable()) return undefined;
  statx ??= new Statx();
  return statx.lookAt(descriptor) < 0 ? undefined : statx;
}

function mediumOn(device: number, descriptor: number): Medium | undefined | Promise<Medium | undefined> {
  const known = devices.get(device);
  if (known && Date.now() - known.askedMs < REMEMBERED_MS) return known.medium;
  return askMedium(descriptor).then((medium) => {
    devices.set(device, { medium, askedMs: Date.now() });
    return medium;
  });
}

/** Where there is no such directory, there are none of the file systems that it could be either. */
function askMedium(descriptor: number): Promise<Medium | undefined> {
  return localMedium(`/proc/self/fd/${descriptor}`).catch(() => undefined);
}

/** What stat(2) says of a place. @throws the error of stat(2). */
export async function statusFieldsOf(place: Place): Promise<StatusFields> {
  return (await lookAtHand(place))?.fields ?? (await stat(place.path));
}
