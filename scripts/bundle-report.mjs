// What the report of the bench carries in itself: dist/bench/report/page/. Its scripts, with ECharts in them, and its style.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = new URL('../bench/report/page/', import.meta.url);
const built = new URL('../dist/bench/report/page/', import.meta.url);

/** In the order of the cascade. */
const STYLES = ['page', 'tables', 'figures-table', 'heat-map', 'advice', 'charts', 'print'];

for (const [input, name] of [
  ['early', 'early'],
  ['main', 'page'],
]) {
  await build({
    cwd: root,
    input: `bench/report/page/${input}.ts`,
    platform: 'browser',
    logLevel: 'warn',
    // What `light-dark()` in the style needs as well.
    transform: {
      target: ['chrome123', 'firefox120', 'safari17.5'],
      define: { 'process.env.NODE_ENV': '"production"' },
    },
    output: { file: `dist/bench/report/page/${name}.js`, format: 'iife', minify: true },
  });
}

await mkdir(built, { recursive: true });
const styles = await Promise.all(STYLES.map((name) => readFile(new URL(`style/${name}.css`, page), 'utf8')));
await writeFile(new URL('page.css', built), styles.join('\n'));
