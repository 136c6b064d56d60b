// The visual language of the pictures in docs/pictures: each function returns a piece of SVG. Colours are classes, so that
// one style sheet serves light and dark; the card behind everything keeps a picture legible where the two disagree.

const LIGHT = {
  card: '#ffffff',
  edge: '#d1d9e0',
  ink: '#1f2328',
  muted: '#59636e',
  process: '#f3f5f8',
  'process-edge': '#59636e',
  thread: '#ffffff',
  'thread-edge': '#a3acb6',
  kernel: '#fbfaf5',
  'kernel-edge': '#a08f5c',
  loop: '#8c959f',
  accept: '#0969da',
  hand: '#bc4c00',
  message: '#8250df',
  served: '#1a7f37',
  'served-ink': '#ffffff',
  waiting: '#fff1b8',
  'waiting-edge': '#9a6700',
  'waiting-ink': '#6b4700',
  idle: '#e6eaef',
  'idle-edge': '#818b98',
  'idle-ink': '#454c54',
};

const DARK = {
  card: '#0d1117',
  edge: '#3d444d',
  ink: '#e6edf3',
  muted: '#9198a1',
  process: '#171d26',
  'process-edge': '#8b949e',
  thread: '#0f141b',
  'thread-edge': '#525b66',
  kernel: '#17160f',
  'kernel-edge': '#857748',
  loop: '#6e7681',
  accept: '#58a6ff',
  hand: '#f0883e',
  message: '#bc8cff',
  served: '#3fb950',
  'served-ink': '#04140a',
  waiting: '#3a2d05',
  'waiting-edge': '#d29922',
  'waiting-ink': '#f2cc60',
  idle: '#262c36',
  'idle-edge': '#767f8a',
  'idle-ink': '#c0c8d0',
};

const variables = (palette) =>
  Object.entries(palette)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');

const STYLE = `
svg{${variables(LIGHT)}}
@media (prefers-color-scheme:dark){svg{${variables(DARK)}}}
text{font:13px system-ui,-apple-system,"Segoe UI","Liberation Sans",sans-serif;fill:var(--ink)}
.title{font-weight:600}
.note{font-size:12px;fill:var(--muted)}
.code{font:12px ui-monospace,SFMono-Regular,Menlo,"Liberation Mono",monospace}
.letter{font-size:11px;font-weight:700;text-anchor:middle}
.middle{text-anchor:middle}
.end{text-anchor:end}
.card{fill:var(--card);stroke:var(--edge)}
.process{fill:var(--process);stroke:var(--process-edge);stroke-width:1.75}
.thread{fill:var(--thread);stroke:var(--thread-edge)}
.kernel{fill:var(--kernel);stroke:var(--kernel-edge);stroke-dasharray:5 3}
.slot{fill:none;stroke:var(--thread-edge)}
.socket{fill:var(--card);stroke:var(--accept);stroke-width:3}
.loop{fill:none;stroke:var(--loop);stroke-width:2.5}
.loop-tip{fill:var(--loop)}
.way{fill:none;stroke:var(--muted);stroke-width:1.25}
.accept{fill:none;stroke:var(--accept);stroke-width:2}
.hand{fill:none;stroke:var(--hand);stroke-width:2}
.message{fill:none;stroke:var(--message);stroke-width:1.75;stroke-dasharray:2 4;stroke-linecap:round}
.reply{fill:none;stroke:var(--message);stroke-width:1.5;stroke-dasharray:2 4;stroke-linecap:round}
.life{stroke:var(--thread-edge);stroke-dasharray:3 4}
.served{fill:var(--served)}.served-ink{fill:var(--served-ink)}
.waiting{fill:var(--waiting);stroke:var(--waiting-edge);stroke-width:1.5}.waiting-ink{fill:var(--waiting-ink)}
.idle{fill:var(--idle);stroke:var(--idle-edge)}.idle-ink{fill:var(--idle-ink)}
.accept-word{fill:var(--accept)}.hand-word{fill:var(--hand)}.message-word{fill:var(--message)}
.job{fill:var(--waiting);stroke:var(--waiting-edge);stroke-width:1.5}
.running{fill:var(--served)}
`.trim();

const tip = (name) =>
  `<marker id="${name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" ` +
  `markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="var(--${name})"/></marker>`;

/** @param title what the picture shows, for those who do not see it. */
export function picture({ width = 760, height, title }, ...pieces) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">
<title>${title}</title>
<style>${STYLE}</style>
<defs>${['muted', 'accept', 'hand', 'message'].map(tip).join('')}</defs>
<rect class="card" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="12"/>
${pieces.flat(Number.POSITIVE_INFINITY).join('\n')}
</svg>
`;
}

export const text = (x, y, words, classes = '') =>
  `<text x="${x}" y="${y}"${classes && ` class="${classes}"`}>${words}</text>`;

/** Outer box: an operating system process. */
export const process = (x, y, width, height, title) => [
  `<rect class="process" x="${x}" y="${y}" width="${width}" height="${height}" rx="14"/>`,
  text(x + 14, y + 20, title, 'title'),
];

/** Inner box: a thread. Those of V8 and libuv, which every Node process has, are left out. */
export const thread = (x, y, width, height, title) => [
  `<rect class="thread" x="${x}" y="${y}" width="${width}" height="${height}" rx="7"/>`,
  text(x + 10, y + 17, title, 'note'),
];

/** A client, wherever its connection is at the moment. @param state served, waiting or idle. */
export const client = (x, y, letter, state) => [
  `<circle class="${state}" cx="${x}" cy="${y}" r="10"/>`,
  `<text class="letter ${state}-ink" x="${x}" y="${y + 4}">${letter}</text>`,
];

/** An event loop; its clients ride on it. @param clients letters and states, such as { A: 'served' }. */
export function loop(x, y, radius, clients = {}, word = '') {
  const at = (degrees, r = radius) => {
    const angle = (degrees * Math.PI) / 180;
    return [x + r * Math.cos(angle), y + r * Math.sin(angle)].map((value) => Math.round(value * 10) / 10);
  };
  const degrees = (length) => (length * 180) / (Math.PI * radius);
  const end = -90;
  const riders = Object.entries(clients);
  return [
    `<path class="loop" d="M${at(end + degrees(17))} A${radius} ${radius} 0 1 1 ${at(end)}"/>`,
    `<path class="loop-tip" d="M${at(end + degrees(9))} L${at(end, radius - 5)} L${at(end, radius + 5)}z"/>`,
    word && text(x, y + 4, word, 'note middle'),
    riders.map(([letter, state], index) =>
      client(...at(180 - (index * 290) / Math.max(riders.length, 3)), letter, state),
    ),
  ];
}

/** The clients at the left edge, one below the other. */
export const clients = (x, y, states) => [
  text(x, y - 20, 'clients', 'note middle'),
  Object.entries(states).map(([letter, state], index) => client(x, y + index * 27, letter, state)),
];

const SLOT = 25;

/** Places to wait; the head is at the right. @param waiting letters or nothing. */
export const queue = (x, y, slots, waiting, draw = (at, top, letter) => client(at, top, letter, 'waiting')) => [
  Array.from(
    { length: slots },
    (_, index) => `<rect class="slot" x="${x + index * SLOT}" y="${y}" width="${SLOT}" height="${SLOT}"/>`,
  ),
  waiting.map((letter, index) => draw(x + (slots - index - 0.5) * SLOT, y + SLOT / 2, letter)),
];

/** The kernel's part: connections that are complete, and the listening socket through which they are accepted. */
export const kernel = (y, waiting = []) => [
  `<rect class="kernel" x="78" y="${y - 44}" width="142" height="88" rx="8"/>`,
  text(90, y - 26, 'kernel', 'title'),
  queue(92, y - 12, 4, waiting),
  text(90, y + 32, 'listen queue', 'note'),
  `<circle class="socket" cx="220" cy="${y}" r="8"/>`,
];

export const fromClients = (y) => `<path class="way" d="M48 ${y} H74" marker-end="url(#muted)"/>`;

/** @param kind accept, hand or message. @param path what SVG calls `d`. */
export const arrow = (kind, path, { both = false } = {}) => {
  const end = `url(#${kind === 'way' ? 'muted' : kind})`;
  return `<path class="${kind}" d="${path}" marker-end="${end}"${both ? ` marker-start="${end}"` : ''}/>`;
};

/** A piece of work, apart from its client. @param state job (waits) or running. */
export const job = (x, y, letter, state = 'job') => [
  `<rect class="${state}" x="${x - 9}" y="${y - 9}" width="18" height="18" rx="4"/>`,
  `<text class="letter ${state === 'job' ? 'waiting-ink' : 'served-ink'}" x="${x}" y="${y + 4}">${letter}</text>`,
];

export const chip = (x, y, width, word) => [
  `<rect class="slot" x="${x}" y="${y}" width="${width}" height="22" rx="11"/>`,
  text(x + width / 2, y + 15, word, 'note middle'),
];
