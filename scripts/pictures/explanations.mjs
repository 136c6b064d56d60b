// The two pictures of docs/architecture.md that show no architecture.
import { arrow, client, job, loop, picture, process, text } from './language.mjs';

const LANES = { parent: 120, unit: 480 };

const exchange = (y, from, words, note = '') => {
  const [start, end] = from === 'parent' ? [LANES.parent, LANES.unit] : [LANES.unit, LANES.parent];
  const towards = end > start ? 1 : -1;
  return [
    arrow('message', `M${start + 6 * towards} ${y} H${end - 6 * towards}`),
    text((start + end) / 2, y - 6, words, 'code middle'),
    text(LANES.unit + 18, y + 1, note, 'note'),
  ];
};

export const messages = picture(
  { height: 560, title: 'the messages between the parent and a unit, from its start to its end' },
  process(20, 20, 200, 78, 'parent'),
  text(34, 58, 'scoreboard · ports', 'note'),
  text(34, 76, 'limits · bans · closing', 'note'),
  process(400, 20, 160, 78, 'unit'),
  text(414, 58, 'a child process', 'note'),
  text(414, 76, 'or a thread', 'note'),
  Object.values(LANES).map((x) => `<path class="life" d="M${x} 102 V540"/>`),
  exchange(134, 'parent', 'start(order)', 'loads the service'),
  exchange(168, 'unit', 'ready', 'would serve a client'),
  text(LANES.parent - 10, 220, 'counts', 'note end'),
  exchange(216, 'unit', 'arrive(id, address)', 'A has connected'),
  exchange(250, 'parent', 'undefined, or why not', 'serves it, or sends the 421'),
  exchange(290, 'unit', 'logIn(id, user)', 'PASS was right'),
  exchange(324, 'parent', 'undefined, or why not', '230 or 530'),
  exchange(364, 'unit', 'acquirePort(range)', 'PASV'),
  exchange(398, 'parent', '50003', '227; the listener is kept'),
  exchange(438, 'unit', 'leave(id)', 'A has left'),
  exchange(478, 'parent', 'drain', '421 to the idle; the busy finish'),
  text(LANES.parent - 10, 519, 'strikes it', 'note end'),
  exchange(520, 'unit', '(the end of the wire)', 'nothing runs any more'),
);

export const legend = picture(
  { height: 118, title: 'the signs in the pictures' },
  `<rect class="process" x="24" y="22" width="38" height="26" rx="9"/>`,
  text(74, 40, 'process'),
  `<rect class="thread" x="24" y="68" width="38" height="26" rx="6"/>`,
  text(74, 86, 'thread'),
  loop(166, 36, 13),
  text(192, 40, 'event loop'),
  `<circle class="socket" cx="166" cy="81" r="8"/>`,
  text(192, 86, 'listening socket'),
  ['served', 'waiting', 'idle'].map((state, index) => [
    client(330, 28 + index * 30, 'ABC'[index], state),
    text(350, 33 + index * 30, `client, ${['being served', 'waiting', 'idle'][index]}`),
  ]),
  arrow('accept', 'M510 28 H560'),
  text(570, 33, 'accept(2)'),
  arrow('hand', 'M510 58 H560'),
  text(570, 63, 'hand-over'),
  arrow('message', 'M510 88 H560'),
  text(570, 93, 'message'),
  job(664, 28, 'A', 'running'),
  text(682, 33, 'request'),
);
