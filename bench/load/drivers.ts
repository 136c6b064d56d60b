import type { Driver } from './driver.ts';
import type { LoadPlan } from './plan.ts';

/** Loads no more than it needs: a driver's libraries are a part of the memory of its process. */
export async function makeDriver(plan: LoadPlan): Promise<Driver> {
  switch (plan.driver) {
    case 'sockets':
      return (await import('./sockets/socket-clients.ts')).socketClients(plan);
    case 'basic-ftp':
      return (await import('./basic-ftp-clients.ts')).basicFtpClients(plan);
    case 'autocannon':
      return (await import('./autocannon-clients.ts')).autocannonClients(plan);
    case 'cloud-hash':
      return (await import('./cloud-hash-clients.ts')).cloudHashClients(plan);
  }
}
