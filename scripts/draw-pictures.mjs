// Draws docs/pictures/*.svg: `node scripts/draw-pictures.mjs [folder]`. pictures/scenes.mjs says what is on them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scenes } from './pictures/scenes.mjs';

const folder = process.argv[2] ?? fileURLToPath(new URL('../docs/pictures/', import.meta.url));

mkdirSync(folder, { recursive: true });
for (const [name, svg] of Object.entries(scenes)) writeFileSync(join(folder, `${name}.svg`), svg);
