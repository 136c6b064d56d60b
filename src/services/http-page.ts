/** The look that all pages share: one style sheet inside of the page, no script, nothing from elsewhere. */

/** Headers of every page that the server writes itself. */
export const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
} as const;

const STYLE = `
:root{color-scheme:light dark;--ink:#1c2128;--dim:#59636e;--line:#e3e7ec;--hover:#f3f6fa;--accent:#0b5cad;--folder:#4a8fd6;--paper:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#dde3ea;--dim:#949fab;--line:#2b3139;--hover:#1d2229;--accent:#7db8f5;--folder:#6aa6e6;--paper:#14171b}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:1.5rem 1.25rem 3rem;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
a{color:var(--accent);text-decoration:none}
a:hover{text-decoration:underline}
a:focus-visible{outline:2px solid var(--accent);outline-offset:1px;border-radius:4px}
h1{margin:0 0 1rem;font-size:1.35rem;font-weight:600;line-height:1.4;overflow-wrap:anywhere}
h1,p{padding-inline:.5rem}
h1 i{margin:0 .35em;color:var(--dim);font-style:normal;font-weight:400}
h1 small{margin-right:.3em;color:var(--dim);font-size:1em;font-weight:400}
table{width:100%;border-collapse:collapse}
th{padding:.3rem .5rem;border-bottom:1px solid var(--line);color:var(--dim);font-size:.85rem;font-weight:500;text-align:left}
td{padding:0 .5rem;border-bottom:1px solid var(--line);vertical-align:top}
tr:hover td{background:var(--hover)}
td:first-child{width:100%;padding:0;overflow-wrap:anywhere}
td:first-child a,td:first-child>span{display:block;padding:.45rem .5rem .45rem 2.3rem}
td a{color:inherit}
td>span{color:var(--dim)}
td+td,th+th{white-space:nowrap;text-align:right}
td+td{padding-block:.45rem;color:var(--dim);font-size:.9rem;line-height:1.667;font-variant-numeric:tabular-nums}
th+th+th,td+td+td{padding-left:1.5rem}
svg{float:left;width:1.15rem;height:1.15rem;margin:.17rem 0 0 -1.75rem;fill:none;stroke:var(--dim);stroke-width:1.4;stroke-linejoin:round;stroke-linecap:round}
svg.d{fill:var(--folder);stroke:var(--folder)}
.note,footer{color:var(--dim);font-size:.85rem}
footer{margin-top:1rem;padding-inline:.5rem}
@media(max-width:40rem){
body{padding:1rem .5rem 2rem}
thead{display:none}table,tbody{display:block}
tr{display:flex;flex-wrap:wrap;padding:.35rem .5rem .35rem 2.3rem;border-bottom:1px solid var(--line)}
td,td+td,td+td+td{padding:0;border:0;background:none!important}
td:first-child a,td:first-child>span{padding:.1rem 0 .1rem 2.3rem;margin-left:-2.3rem}
td+td{font-size:.8rem}td+td:not(:empty)+td:not(:empty)::before{content:"\\b7";margin:0 .4em}}
`
  .trim()
  .replaceAll('\n', '');

/**
 * The beginning of a page, up to where its content goes.
 * @param title text.
 */
export function htmlHead(title: string): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body>\n`;
}

export const HTML_END = '</body></html>\n';

/** @param title text. @param content HTML. */
export function htmlPage(title: string, content: string): string {
  return `${htmlHead(title)}${content}\n${HTML_END}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The text as HTML has it, between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/**
 * What cannot be seen or turns the reading direction, octets that are not UTF-8 among it. Joiners stay: there are scripts
 * that cannot be written without them.
 */
const UNREADABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** The name of a file as a page shows it. Two names may look alike; their links differ. */
export function readableName(name: string): string {
  return name.replaceAll(UNREADABLE, '\ufffd');
}
