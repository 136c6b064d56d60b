import type { ChildProcess } from 'node:child_process';
import type { MessagePort, Worker } from 'node:worker_threads';

/** One end of a channel to another process or thread. What is sent to an end that is gone is lost without an error. */
export interface Wire {
  /**
   * @param message can be cloned, and is no array; to a process, only what JSON can say.
   * @param when `soon`: it may wait for what else is said in this turn of the event loop. Order is kept in any case.
   */
  send(message: object, when?: 'soon'): void;
  onMessage(listener: (message: object) => void): void;
  /** Called once, when the other side is gone. */
  onClose(listener: () => void): void;
  /** Nothing more will be said or heard here; the wire no longer keeps this process or thread from ending. */
  close(): void;
}

/** Between threads. */
export function portWire(port: MessagePort): Wire {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', listener),
    onClose: (listener) => void port.once('close', listener),
    close: () => port.close(),
  };
}

/** From the main thread to a thread that it started. */
export function workerWire(worker: Worker): Wire {
  return {
    send: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on('message', listener),
    onClose: (listener) => void worker.once('exit', listener),
    close: () => worker.unref(),
  };
}

/** From a parent to its child process, by the channel that Node makes for `stdio: ['ipc']`. */
export function childWire(child: ChildProcess): Wire {
  return {
    // The callback takes the error: without it, a child that has just died would bring the parent down.
    send: gathered((message) => void (child.connected && child.send(message, () => {}))),
    onMessage: (listener) => void child.on('message', oneByOne(listener)),
    onClose: (listener) => void child.once('exit', listener),
    close: () => child.unref(),
  };
}

/** From a child process to its parent. Its end is the parent's. */
export function parentWire(): Wire {
  return {
    send: gathered((message) => void (process.connected && process.send!(message, undefined, undefined, () => {}))),
    onMessage: (listener) => void process.on('message', oneByOne(listener)),
    onClose: (listener) => void process.once('disconnect', listener),
    // Not disconnect(): that is how a unit notices that its parent has gone.
    close: () => process.channel?.unref(),
  };
}

/** To what could not be started. */
export function deadWire(): Wire {
  return { send: () => {}, onMessage: () => {}, onClose: queueMicrotask, close: () => {} };
}

/** To write to another process and to wake it costs more than what is said: so what can wait goes out in one message. */
function gathered(post: (message: object) => void): Wire['send'] {
  let waiting: object[] = [];
  const postAll = () => {
    const messages = waiting;
    waiting = [];
    if (messages.length > 0) post(messages.length === 1 ? messages[0]! : messages);
  };
  return (message, when) => {
    waiting.push(message);
    if (when === undefined) postAll();
    else if (waiting.length === 1) setImmediate(postAll);
  };
}

function oneByOne(listener: (message: object) => void): (message: unknown) => void {
  return (message) => {
    for (const each of Array.isArray(message) ? message : [message]) listener(each as object);
  };
}
