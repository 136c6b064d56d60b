/**
 * Who may bind which port of a range that several units share. Each port of a local address belongs to at most one unit
 * at a time; a unit keeps the ports that it got, with their listening sockets, and gives up those that it can spare when
 * it is asked to.
 */
export interface PortExchange {
  /**
   * Asks for a port that no other unit has.
   * @param range first and last port.
   * @returns a port that now belongs to this unit, until it is given back; undefined when none became free within
   *   `waitMs`, and not before. While it waits, units that have ports are asked to spare one.
   * @throws when the parent is out of reach.
   */
  acquire(range: readonly [number, number], wish: PortWish): Promise<number | undefined>;
  /** To be called when nothing is bound to the port any more, and nobody can come who was told of it. */
  giveBack(port: number, address: string): void;
  /** @param spare called when another unit is in want of a port: give back one, now or as soon as possible. */
  onWanted(spare: (address: string) => void): void;
}

export interface PortWish {
  /** The local one that the port will be bound to. Each has all ports of the range. */
  readonly address: string;
  /** Ports that are of no use: this unit found other programs on them. */
  readonly except: readonly number[];
  /** 0: only what is free at once, and nobody is asked to spare one. */
  readonly waitMs: number;
}
