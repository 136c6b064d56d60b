/** Light or dark: as the system wants it, until the reader says otherwise. */
import { recall, remember } from './memory.ts';

export type Scheme = 'light' | 'dark';

const wantsDark = matchMedia('(prefers-color-scheme: dark)');
const prints = matchMedia('print');
const root = document.documentElement;

/** Paper is white, whatever the screen is. */
export function scheme(): Scheme {
  if (prints.matches) return 'light';
  return chosen() ?? (wantsDark.matches ? 'dark' : 'light');
}

/** Lets the button work, and tells of every change. */
export function onSchemeChange(changed: () => void): void {
  const button = document.getElementById('theme')!;
  const show = () => {
    const other = scheme() === 'dark' ? 'Light' : 'Dark';
    button.textContent = other;
    button.setAttribute('aria-label', `${other} colours`);
  };
  button.addEventListener('click', () => {
    const other = scheme() === 'dark' ? 'light' : 'dark';
    root.dataset.theme = other;
    remember('theme', other);
    show();
    changed();
  });
  for (const media of [wantsDark, prints])
    media.addEventListener('change', () => {
      show();
      changed();
    });
  show();
  button.hidden = false;
}

function chosen(): Scheme | undefined {
  const theme = root.dataset.theme ?? recall('theme');
  return theme === 'dark' || theme === 'light' ? theme : undefined;
}
