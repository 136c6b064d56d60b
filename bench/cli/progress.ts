/** How far it is: a bar with the time left where the output is a terminal, plain lines elsewhere. */
import { Presets, SingleBar } from 'cli-progress';
import { formatDuration } from '../report/format-figure.ts';

export interface Progress {
  /** @param doneSeconds of those that the whole is expected to take. @param what is being done. */
  update(doneSeconds: number, what: string): void;
  /** A line that stays. */
  say(line: string): void;
  end(): void;
}

/** @param allSeconds that the whole is expected to take. */
export function progressOn(out: NodeJS.WriteStream, allSeconds: number): Progress {
  return out.isTTY ? new Bar(out, allSeconds) : new Lines(out, allSeconds);
}

class Bar implements Progress {
  readonly #out: NodeJS.WriteStream;
  readonly #bar: SingleBar;
  readonly #clock: TimeLeft;

  constructor(out: NodeJS.WriteStream, allSeconds: number) {
    this.#out = out;
    this.#clock = new TimeLeft(allSeconds);
    const format = ' {bar} {percentage} % · {left} · {what}';
    this.#bar = new SingleBar({ format, stream: out, hideCursor: true, barsize: 24 }, Presets.shades_classic);
    this.#bar.start(allSeconds, 0, { left: this.#clock.left(0), what: 'starting' });
  }

  update(doneSeconds: number, what: string): void {
    this.#bar.update(doneSeconds, { left: this.#clock.left(doneSeconds), what });
  }

  say(line: string): void {
    // The bar stands in the last line, and is drawn again below.
    this.#out.clearLine(0);
    this.#out.cursorTo(0);
    this.#out.write(`${line}\n`);
    this.#bar.render();
  }

  end(): void {
    this.#bar.stop();
  }
}

class Lines implements Progress {
  readonly #out: NodeJS.WritableStream;
  readonly #all: number;
  readonly #clock: TimeLeft;
  #last = '';

  constructor(out: NodeJS.WritableStream, allSeconds: number) {
    this.#out = out;
    this.#all = allSeconds;
    this.#clock = new TimeLeft(allSeconds);
  }

  /** A line for each thing that is done, and none for each candidate in it. */
  update(doneSeconds: number, what: string): void {
    const stage = what.split(' · ', 1)[0]!;
    if (stage === this.#last) return;
    this.#last = stage;
    const percent = Math.floor((doneSeconds / this.#all) * 100);
    this.say(`${String(percent).padStart(3)} % · ${this.#clock.left(doneSeconds)} · ${stage}`);
  }

  say(line: string): void {
    this.#out.write(`${line}\n`);
  }

  end(): void {}
}

/** From how long it has taken so far. */
class TimeLeft {
  readonly #all: number;
  readonly #began = performance.now();

  constructor(allSeconds: number) {
    this.#all = allSeconds;
  }

  left(doneSeconds: number): string {
    const taken = (performance.now() - this.#began) / 1000;
    // At the beginning, what was expected says more than what has been seen.
    const pace = (taken + 10) / (doneSeconds + 10);
    return `${formatDuration(Math.max(0, this.#all - doneSeconds) * pace)} left`;
  }
}
