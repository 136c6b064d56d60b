import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { html, identifier, jsonForScript } from '../../../bench/report/html.ts';

describe('a template of HTML', () => {
  test('escapes all that could be more than text, in text and in attributes', () => {
    expect(html`<b title="${`"'<&>`}">${'<i>&</i>'}</b>`.text).toBe(
      '<b title="&quot;&#39;&lt;&amp;&gt;">&lt;i&gt;&amp;&lt;/i&gt;</b>',
    );
  });

  test('takes HTML as it is, also in lists, and nothing for nothing', () => {
    const items = ['<a>', 'b'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>${undefined}${false}${0}`.text).toBe('<ul><li>&lt;a&gt;</li><li>b</li></ul>0');
  });
});

describe('JSON for a script element', () => {
  test('has no tag in it, and is the same value', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const value = { text: `${text}</script><!--` };
        const json = jsonForScript(value).text;
        expect(json).not.toContain('<');
        expect(JSON.parse(json)).toEqual(value);
      }),
    );
  });
});

describe('an identifier', () => {
  /** Names that could be taken for each other's identifiers. */
  const names = fc.string({ unit: fc.constantFrom('a', 'A', '-', '_', '5', 'f', ' ', '"', 'é', '😀') });

  test('is fit for an attribute and a link, whatever the name is', () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(identifier(name)).toMatch(/^[\w-]*$/);
      }),
    );
  });

  test('is another one for another name', () => {
    fc.assert(
      fc.property(names, names, (one, other) => {
        fc.pre(one !== other);
        expect(identifier(one)).not.toBe(identifier(other));
      }),
    );
    expect(identifier('a_b')).not.toBe(identifier('a_5f_b'));
  });
});
