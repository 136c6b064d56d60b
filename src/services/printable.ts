/**
 * Control characters, line separators, lone surrogates, and characters that are invisible or turn the reading direction:
 * what a client could use to forge a line of a log or to play tricks on a terminal (S16).
 */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** The text in one line, every character that cannot be seen replaced by its `\uXXXX`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escapeCodeUnits);
}

/** The value as JSON in one line of printable characters; reads back as the same value. */
export function printableJson(value: unknown): string {
  // Outside of its strings, JSON has nothing to escape; inside of them, \uXXXX means the character again.
  return printable(JSON.stringify(value));
}

function escapeCodeUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
