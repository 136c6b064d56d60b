/** HTML that is made of templates, in which whatever comes from a record is text: names cannot become tags. */
import { escapeHtml } from '../../src/services/http-page.ts';

/** Text that is HTML already. Only `html` and `trusted` make it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** What may stand in a template; `undefined` and `false` are nothing. */
export type Part = Html | string | number | undefined | false | readonly Part[];

/** A template whose parts are escaped, unless they are HTML. Good for text and for attributes in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + write(parts[index - 1]) + string));
}

/** For style sheets and scripts of ours. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** An identifier for attributes; different names have different ones. */
export function identifier(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9-]/gu, (character) => `_${character.codePointAt(0)!.toString(16)}_`);
}

/**
 * JSON for a script element. No `<` in it: neither `</script` nor `<!--`, after which a parser of HTML would read on in
 * another way.
 */
export function jsonForScript(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll('<', '\\u003c'));
}

function write(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(write).join('');
  return escapeHtml(String(part));
}
