import type { Environment } from '../../src/protocol/environment.ts';
import { SharedRates } from '../../src/runtime/rates.ts';
import { ratesOf } from '../../src/services/ftp-rates.ts';

/** Of a server without other processes or threads. */
export const rates: Environment['rates'] = ratesOf(new SharedRates());
