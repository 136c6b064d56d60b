import { networkInterfaces } from 'node:os';

/** Whether this machine has the address ::1. Containers often lack it, in CI as well. For runIf; says so if not. */
export function ipv6LoopbackAvailable(): boolean {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []);
  if (addresses.includes('::1')) return true;
  console.warn('SKIPPED what needs the address ::1, which this machine does not have');
  return false;
}
