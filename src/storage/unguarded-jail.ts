/** The jail of the policy `follow`: virtual paths put behind the root. Links lead wherever they lead. */
import { type Jail, Place } from './disk-jail.ts';

export class UnguardedJail implements Jail {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root.endsWith('/') ? root.slice(0, -1) : root;
  }

  async open(path: string): Promise<Place> {
    return new Place(this.#root + path);
  }

  within(directory: string): Jail {
    return new UnguardedJail(this.#root + directory);
  }

  close(): void {}
}
