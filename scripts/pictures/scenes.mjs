// The pictures of docs/architecture.md, by the names of their files.
import { legend, messages } from './explanations.mjs';
import {
  arrow,
  chip,
  clients,
  fromClients,
  job,
  kernel,
  loop,
  picture,
  process,
  queue,
  text,
  thread,
} from './language.mjs';

const SERVED = 'served';
const WAITING = 'waiting';
const IDLE = 'idle';

const serial = picture(
  { height: 210, title: 'serial: one process accepts a client, serves it, and accepts the next one' },
  clients(34, 60, { A: SERVED, B: WAITING, C: WAITING, D: WAITING }),
  fromClients(100),
  kernel(100, ['B', 'C', 'D']),
  process(300, 24, 440, 162, 'process'),
  thread(316, 54, 408, 116, 'main thread'),
  loop(420, 116, 34, { A: SERVED }, 'loop'),
  arrow('accept', 'M230 100 C290 100 330 116 369 116'),
  text(244, 90, 'accept', 'code accept-word'),
  text(490, 104, 'serves A until it leaves;'),
  text(490, 124, 'only then it accepts B', 'note'),
);

const unitRow = (kind, y, letter) => [
  kind === 'process' ? process(516, y, 224, 78, 'child process') : [],
  kind === 'process' ? thread(528, y + 28, 200, 40, 'main thread') : thread(528, y, 200, 46, 'worker thread'),
  loop(690, y + (kind === 'process' ? 48 : 23), 14, { [letter]: SERVED }),
];

const processPerConnection = picture(
  { height: 320, title: 'process-per-connection: the parent accepts, and starts a child process for each client' },
  clients(34, 112, { A: SERVED, B: SERVED, C: SERVED, D: WAITING }),
  fromClients(152),
  kernel(152, ['D']),
  process(286, 62, 156, 180, 'parent process'),
  thread(298, 92, 132, 138, 'main thread'),
  loop(364, 152, 26, {}, 'loop'),
  chip(316, 196, 96, 'scoreboard'),
  arrow('accept', 'M230 152 H330'),
  text(238, 142, 'accept', 'code accept-word'),
  ['A', 'B', 'C'].map((letter, index) => unitRow('process', 24 + index * 90, letter)),
  arrow('hand', 'M394 144 C460 130 460 72 510 72'),
  arrow('hand', 'M395 152 H510'),
  arrow('hand', 'M394 160 C460 174 460 246 510 246'),
  text(290, 46, 'a new child inherits the socket', 'hand-word note'),
  text(286, 268, 'as many children as allowed:', 'note'),
  text(286, 285, 'D waits in the kernel', 'note'),
);

const threadPerConnection = picture(
  { height: 262, title: 'thread-per-connection: the main thread accepts, and starts a worker thread for each client' },
  clients(34, 88, { A: SERVED, B: SERVED, C: SERVED, D: WAITING }),
  fromClients(128),
  kernel(128, ['D']),
  process(282, 24, 458, 214, 'process'),
  thread(298, 58, 138, 140, 'main thread'),
  loop(364, 118, 26, {}, 'loop'),
  chip(319, 164, 96, 'scoreboard'),
  arrow('accept', 'M230 128 C270 128 290 118 330 118'),
  text(234, 118, 'accept', 'code accept-word'),
  ['A', 'B', 'C'].map((letter, index) => unitRow('thread', 58 + index * 60, letter)),
  arrow('hand', 'M394 110 C470 96 460 80 522 80'),
  arrow('hand', 'M395 118 C450 118 470 140 522 140'),
  arrow('hand', 'M394 126 C450 136 460 200 522 200'),
  text(528, 44, 'a new thread gets the descriptor', 'hand-word note'),
);

const crewParent = (y, width, words) => [
  process(286, y, width, 66, 'parent process'),
  text(300, y + 40, words[0], 'note'),
  text(300, y + 56, words[1], 'note'),
  chip(286 + width - 116, y + 22, 100, 'scoreboard'),
];

const crewChild = (x, y, height, riders, radius) => [
  process(x, y, 102, height, 'child'),
  thread(x + 6, y + 28, 90, height - 36, 'main thread'),
  loop(x + 51, y + 28 + (height - 38) / 2 + 8, radius, riders),
];

const prefork = picture(
  { height: 300, title: 'prefork: four child processes accept for themselves from one listening socket' },
  clients(34, 62, { A: SERVED, B: SERVED, C: SERVED, D: SERVED, E: WAITING }),
  fromClients(116),
  kernel(116, ['E']),
  ['A', 'B', 'C', 'D'].map((letter, index) => crewChild(286 + index * 116, 56, 122, { [letter]: SERVED }, 20)),
  [0, 1, 2, 3].map((index) =>
    arrow(
      'accept',
      `M226 ${110 - index} C244 ${52 - index * 7} 256 ${38 - index * 4} 286 ${38 - index * 4} H${320 + index * 116} Q${332 + index * 116} ${38 - index * 4} ${332 + index * 116} 52`,
    ),
  ),
  text(232, 144, 'accept', 'code accept-word'),
  crewParent(212, 450, ['holds the listening socket and never accepts;', 'replaces children that die']),
  [0, 1, 2, 3].map((index) => arrow('message', `M${337 + index * 116} 209 V182`, { both: true })),
);

const threadPool = picture(
  {
    height: 292,
    title: 'thread-pool: the main thread accepts into a queue, from which the threads of a pool take clients',
  },
  clients(34, 62, { A: SERVED, B: SERVED, C: SERVED, D: WAITING, E: WAITING, F: WAITING }),
  fromClients(136),
  kernel(136, ['F']),
  process(282, 24, 458, 244, 'process'),
  thread(296, 56, 244, 162, 'main thread'),
  loop(344, 126, 26, {}, 'loop'),
  chip(310, 184, 96, 'scoreboard'),
  arrow('accept', 'M230 136 C260 136 280 126 310 126'),
  text(234, 124, 'accept', 'code accept-word'),
  queue(476, 114, 2, ['D', 'E']),
  text(426, 106, 'queue of the pool', 'note'),
  text(426, 156, 'when it is full,', 'note'),
  text(426, 172, 'accepting stops', 'note'),
  arrow('hand', 'M375 126 H470'),
  ['A', 'B', 'C'].map((letter, index) => [
    thread(590, 56 + index * 56, 136, 46, 'pool thread'),
    loop(704, 79 + index * 56, 13, { [letter]: SERVED }),
    arrow('hand', `M530 126 C560 126 556 ${79 + index * 56} 584 ${79 + index * 56}`),
  ]),
  text(590, 244, '… 25 of them', 'note'),
);

const reactor = picture(
  { height: 236, title: 'reactor: all clients on the event loop of one process' },
  clients(34, 62, { A: SERVED, B: IDLE, C: IDLE, D: IDLE, E: IDLE }),
  fromClients(116),
  kernel(116),
  process(300, 24, 440, 188, 'process'),
  thread(316, 54, 408, 142, 'main thread'),
  loop(430, 130, 48, { A: SERVED, B: IDLE, C: IDLE, D: IDLE, E: IDLE }, 'loop'),
  arrow('accept', 'M230 116 C290 116 330 130 364 130'),
  text(244, 106, 'accept', 'code accept-word'),
  text(516, 118, 'a piece of A’s work, then'),
  text(516, 138, 'one of whoever is ready next', 'note'),
);

const hybridNginx = picture(
  {
    height: 324,
    title: 'hybrid-nginx: a few child processes accept from one socket, each with many clients on its loop',
  },
  clients(34, 56, { A: SERVED, B: IDLE, C: IDLE, D: IDLE, E: SERVED, F: IDLE }),
  fromClients(124),
  kernel(124),
  [
    [286, { A: SERVED, C: IDLE, D: IDLE }],
    [516, { B: IDLE, E: SERVED, F: IDLE }],
  ].map(([x, riders]) => [
    process(x, 52, 220, 150, 'child process'),
    thread(x + 12, 80, 196, 110, 'main thread'),
    loop(x + 116, 138, 36, riders, 'loop'),
  ]),
  [0, 1].map((index) =>
    arrow(
      'accept',
      `M226 ${117 - index} C244 ${56 - index * 7} 256 ${36 - index * 5} 286 ${36 - index * 5} H${384 + index * 230} Q${396 + index * 230} ${36 - index * 5} ${396 + index * 230} 48`,
    ),
  ),
  text(232, 152, 'accept', 'code accept-word'),
  crewParent(236, 450, ['holds the listening socket and never accepts;', 'replaces children that die']),
  [0, 1].map((index) => arrow('message', `M${396 + index * 230} 233 V206`, { both: true })),
);

const poolOfRequests = ({ title, riders, queued, running, label, note = '' }) =>
  picture(
    { height: 286, title },
    clients(34, 62, riders),
    fromClients(130),
    kernel(130),
    process(282, 24, 458, 238, 'process'),
    thread(296, 54, 270, 192, 'main thread'),
    loop(372, 142, 50, riders, 'loop'),
    arrow('accept', 'M230 130 C260 130 280 142 306 142'),
    text(234, 118, 'accept', 'code accept-word'),
    queue(474, 130, 3, queued, (x, y, letter) => job(x, y, letter)),
    text(474, 104, label[0], 'note'),
    text(474, 120, label[1], 'note'),
    arrow('hand', 'M428 142 H469'),
    running.map((letter, index) => [
      thread(606, 54 + index * 66, 120, 54, 'pool thread'),
      job(706, 81 + index * 66, letter, 'running'),
      arrow('hand', `M552 142 C580 142 574 ${81 + index * 66} 601 ${81 + index * 66}`),
    ]),
    arrow('message', `M716 ${running.length * 66 + 44} V244 Q716 254 704 254 H384 Q372 254 372 242 V206`),
    text(606, 206, note, 'note'),
    text(488, 240, 'replies', 'message-word note'),
  );

const hybridPuma = poolOfRequests({
  title: 'hybrid-puma: an event loop keeps all clients, and a pool of threads runs their requests',
  riders: { A: SERVED, B: SERVED, C: IDLE, D: IDLE, E: WAITING, F: SERVED },
  queued: ['E'],
  running: ['A', 'B', 'F'],
  label: ['requests', 'in the queue'],
});

const hybridEventMachine = poolOfRequests({
  title: 'hybrid-eventmachine: an event loop serves all clients, and defers heavy commands to a pool of threads',
  riders: { A: SERVED, B: IDLE, C: SERVED, D: SERVED, E: IDLE, F: WAITING },
  queued: ['F'],
  running: ['C', 'D'],
  label: ['heavy', 'commands'],
  note: 'one for each core',
});

export const scenes = {
  legend,
  serial,
  'process-per-connection': processPerConnection,
  'thread-per-connection': threadPerConnection,
  prefork,
  'thread-pool': threadPool,
  reactor,
  'hybrid-nginx': hybridNginx,
  'hybrid-puma': hybridPuma,
  'hybrid-eventmachine': hybridEventMachine,
  messages,
};
