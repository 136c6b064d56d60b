/** Something that is measured once, and gives a number. */
export type Attempt = () => Promise<number>;

/**
 * Every attempt once in each round: what the machine does besides hits all of them alike.
 * @returns what each gave, in the order of the rounds, by its name.
 */
export async function inTurn(
  attempts: Readonly<Record<string, Attempt>>,
  rounds: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const names = Object.keys(attempts);
  const values = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) values.get(name)!.push(await attempts[name]!());
  }
  return values;
}
