import { z } from 'zod';
import type { Limits } from '../runtime/board.ts';
import { checkOptions } from './check-options.ts';
import { group, milliseconds, mustBe, wholeNumber } from './option-kinds.ts';

const count = (unit: string) => wholeNumber(1, Number.MAX_SAFE_INTEGER, unit);

const schema = z.strictObject({
  limits: group({
    connections: count('clients').optional(),
    perAddress: count('clients').optional(),
    perUser: count('clients').optional(),
    bans: z
      .strictObject(
        {
          failures: count('wrong passwords'),
          withinMs: milliseconds(),
          firstMs: milliseconds(),
          longestMs: milliseconds(),
        },
        mustBe('an object'),
      )
      .refine(({ firstMs, longestMs }) => firstMs <= longestMs, 'must not have a longer firstMs than longestMs')
      .optional(),
  }),
});

/** @throws OptionsError for the first one that is wrong, in one line that names it: `limits.perUser must be …`. */
export function checkLimits(limits: Limits | undefined): Limits {
  return checkOptions(schema, { limits }).limits as Limits;
}
