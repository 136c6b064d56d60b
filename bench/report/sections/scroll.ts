import { type Html, html } from '../html.ts';

/** A wide table moves inside of this, and the page does not. With the keyboard as well, so it takes the focus and has a name. */
export function scroll(name: string, table: Html): Html {
  return html`<div class="scroll" role="region" aria-label="${name}" tabindex="0">${table}</div>`;
}
