import type { z } from 'zod';

/** Options that cannot be used. The message is one line that names the option. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

/**
 * Checks the options of a service and fills in what is not given.
 * @throws OptionsError for the first one that is wrong.
 */
export function checkOptions<T extends z.ZodType>(schema: T, options: z.input<T>): z.output<T> {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new OptionsError(
    issue.code === 'unrecognized_keys'
      ? `unknown option ${optionName([...issue.path, issue.keys[0]!])}`
      : `${optionName(issue.path)} ${issue.message}`,
  );
}

/** The name as one would write it in a program: `accounts[0].home`. */
function optionName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'options';
  const steps = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return steps.join('').replace(/^\./, '');
}
