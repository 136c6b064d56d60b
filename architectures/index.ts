import type { Runner } from '../src/index.ts';
import { reactor } from './reactor.ts';
import { serial } from './serial.ts';

/** Every architecture, in the order of the book. A new one joins everything by its line here. */
export const architectures: readonly Runner[] = [serial, reactor];
