import type { Clock } from '../clock.ts';
import { closeConnection, EPOLLIN, EPOLLOUT, Epoll } from './system-calls.ts';

/** How long Node's own loop may have to wait for its turn: messages of the parent, timers. */
const TURN_MS = 10;

/** Who waits for a socket. */
export interface Watcher {
  /** It may be ready: system calls tell. */
  ready(): void;
}

const EVENTS = { read: EPOLLIN, write: EPOLLOUT } as const;

/** An event loop in the event loop: takes its turn, waits in the kernel, and lets Node's go on. */
export class Poller implements Clock, Disposable {
  readonly #epoll = new Epoll();
  /** By descriptor. */
  readonly #watchers: (Watcher | undefined)[] = [];
  #alarm: { readonly at: number; readonly call: () => void } | undefined;
  #next: NodeJS.Immediate | undefined;
  /** performance.now() of this turn: what need not be exact is spared the question. */
  now = performance.now();

  start(): void {
    this.#next = setImmediate(this.#turn);
  }

  watch(fd: number, what: keyof typeof EVENTS, watcher: Watcher): void {
    this.#watchers[fd] = watcher;
    this.#epoll.add(fd, EVENTS[what]);
  }

  /** For as long as the watcher does not want to know. */
  pause(fd: number): void {
    this.#epoll.change(fd, 0);
  }

  resume(fd: number, what: keyof typeof EVENTS): void {
    this.#epoll.change(fd, EVENTS[what]);
  }

  /** Closes it, which ends the watch. */
  close(fd: number): void {
    this.#watchers[fd] = undefined;
    closeConnection(fd);
  }

  at(moment: number, call: () => void): void {
    this.#alarm = { at: moment, call };
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#next);
    this.#epoll.close();
  }

  readonly #turn = () => {
    this.#next = setImmediate(this.#turn);
    const count = this.#epoll.wait(this.#patience());
    this.now = performance.now();
    // Promises that are settled here go on when all have been told: before the next turn.
    for (let index = 0; index < count; index += 1) this.#watchers[this.#epoll.ready(index)]?.ready();
    const alarm = this.#alarm;
    if (alarm === undefined || alarm.at > this.now) return;
    this.#alarm = undefined;
    alarm.call();
  };

  #patience(): number {
    if (this.#alarm === undefined) return TURN_MS;
    const left = this.#alarm.at - performance.now();
    if (left <= 0) return 0;
    if (left < TURN_MS) this.#epoll.wakeIn(left);
    return TURN_MS;
  }
}
