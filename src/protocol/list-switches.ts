/** What the switches of ls(1) ask for that LIST, NLST and STAT obey. */
export interface ListSwitches {
  /** `-a`, `-A`: names that begin with a dot as well. */
  readonly all: boolean;
  /** `-R`: subdirectories as well. */
  readonly recursive: boolean;
  /** `-t`: latest first. */
  readonly byTime: boolean;
  /** `-S`: largest first. Not together with `byTime`: the later of the two switches counts. */
  readonly bySize: boolean;
  /** `-r`: the other way round. */
  readonly reverse: boolean;
}

const SWITCH_WORD = /^-(?:-|([A-Za-z0-9]+))(?: |$)/;

/**
 * Separates switches, which clients send as if to ls(1), from the path behind them. Unknown ones are ignored (W23). A file
 * may be named like a switch: see first whether there is one, and take the argument as a path then.
 * @param argument such as `-la dir`. A word `--` ends the switches.
 * @returns what the switches ask for and the rest of the argument as it came (W28), empty if there is none.
 */
export function takeSwitches(argument: string): { readonly switches: ListSwitches; readonly rest: string } {
  let letters = '';
  let rest = argument;
  for (let word = SWITCH_WORD.exec(rest); word; word = SWITCH_WORD.exec(rest)) {
    rest = rest.slice(word[0].length);
    if (word[1] === undefined) break;
    letters += word[1];
  }
  const byTime = letters.lastIndexOf('t') > letters.lastIndexOf('S');
  const switches = {
    all: /a/i.test(letters),
    recursive: letters.includes('R'),
    byTime,
    bySize: !byTime && letters.includes('S'),
    reverse: letters.includes('r'),
  };
  return { switches, rest };
}
