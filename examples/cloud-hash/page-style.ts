/** The style sheet of the page. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--paper:#f6f7f9;--card:#fff;--ink:#1b2027;--dim:#5b6570;--line:#dfe4ea;--accent:#0b5cad;--key:#d8e6f6;--key-ink:#0b4a8a;
--good:#1a7f47;--good-soft:#cdeeda;--bad:#c0362c;--bad-soft:#fbdcd8;--open:#e3e7ec}
@media(prefers-color-scheme:dark){:root{--paper:#12151a;--card:#1a1e25;--ink:#dee4eb;--dim:#939eaa;--line:#2c333c;--accent:#7db8f5;--key:#21405f;--key-ink:#b7d7f8;
--good:#5cc98a;--good-soft:#1c4630;--bad:#ff8d82;--bad-soft:#54231f;--open:#2a3038}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:68rem;padding:2rem 1.25rem 3rem;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,sans-serif}
h1,h2,h3,h4,p,dl,dd{margin:0}
h1{font-size:1.9rem;line-height:1.2;letter-spacing:-.02em}
h2{font-size:1.25rem;line-height:1.3}
h3{font-size:1rem}
header p{max-width:46rem;margin-top:.6rem;color:var(--dim)}
code{font:.92em ui-monospace,monospace}
nav{display:flex;flex-wrap:wrap;gap:.4rem;margin:1.5rem 0 1rem}
nav a{padding:.3rem .7rem;border:1px solid var(--line);border-radius:99px;background:var(--card);color:var(--ink);font-size:.875rem;text-decoration:none}
nav a:hover{border-color:var(--accent)}
nav a[aria-current]{border-color:var(--accent);background:var(--accent);color:var(--card)}
nav span{margin-left:.45rem;font-weight:600;font-variant-numeric:tabular-nums}
nav [aria-current] span{color:inherit}
.good{color:var(--good)}.bad{color:var(--bad)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
main{padding:1.5rem;border:1px solid var(--line);border-radius:14px;background:var(--card)}
.top{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center;justify-content:space-between}
.summary{color:var(--dim)}
button{padding:.5rem 1.3rem;border:0;border-radius:8px;background:var(--accent);color:var(--card);font:inherit;font-weight:600;cursor:pointer}
button:disabled{opacity:.55;cursor:default}
.figures{display:grid;grid-template-columns:repeat(4,1fr);gap:1rem;margin:1.5rem 0 1rem}
.figures div{display:flex;flex-direction:column-reverse;justify-content:flex-end}
dd{font-size:2rem;font-weight:650;line-height:1.15;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
dd small{color:var(--dim);font-size:.5em;font-weight:400}
dt{color:var(--dim);font-size:.8rem}
.gets{display:block;width:100%;height:18px}
.gets rect{fill:var(--open)}.gets .found{fill:var(--good)}.gets .lost{fill:var(--bad)}
.units{display:flex;flex-wrap:wrap;gap:.6rem;align-items:stretch}
#panel>.units{min-height:9rem;margin-top:1.25rem;align-content:flex-start}
#panel>.units:empty::before{margin:auto;color:var(--dim);content:'Nobody has been served yet.'}
.hash{flex:1 1 11rem;max-width:100%;padding:.6rem .7rem;border:1px solid var(--line);border-radius:9px}
.ended{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.4rem,1fr));gap:.4rem}
.ended>.process{grid-column:1/-1}
.ended>.hash{border-style:dashed;padding:.3rem .45rem}
.ended>.hash h4{margin:0 0 .15rem;font-size:.7rem}
.process{flex:1 1 100%;padding:.7rem;border:1px solid var(--line);border-radius:11px;background:var(--paper)}
.process .hash{background:var(--card)}
h4{margin-bottom:.4rem;color:var(--dim);font-size:.75rem;font-weight:500;font-variant-numeric:tabular-nums}
.keys{display:flex;flex-wrap:wrap;gap:.25rem;min-height:1.5rem}
.keys span{color:var(--dim);font-size:.8rem;font-style:italic}
.key{display:inline-block;min-width:1.75rem;padding:.1rem .3rem;border-radius:5px;background:var(--key);color:var(--key-ink);font-size:.78rem;font-style:normal;line-height:1.4;text-align:center;font-variant-numeric:tabular-nums}
.key.found{background:var(--good-soft);color:var(--good)}
.key.lost{background:var(--bad-soft);color:var(--bad);text-decoration:line-through}
.hash p{margin-top:.45rem;color:var(--dim);font-size:.78rem}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;margin-top:1rem;color:var(--dim);font-size:.8rem}
.legend i{display:inline-block;min-width:1rem;height:1rem;margin-right:.35rem;border-radius:4px;vertical-align:-.15rem}
.legend .gone{border:1px dashed var(--dim)}
.why{margin-top:1.5rem;padding-top:1.25rem;border-top:1px solid var(--line)}
.why p{max-width:48rem;margin-top:.3rem}
.remedies{margin-top:2.5rem}
.remedies div{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));gap:1rem;margin-top:.9rem}
article{padding:1rem 1.1rem;border:1px solid var(--line);border-radius:11px;background:var(--card)}
article p{margin-top:.35rem;color:var(--dim);font-size:.9rem}
@media(max-width:40rem){.figures{grid-template-columns:repeat(2,1fr)}main{padding:1rem}body{padding-top:1.25rem}}
`
  .trim()
  .replaceAll('\n', '');
