import type { ChildProcess } from 'node:child_process';
import { messageOf } from './child-message.ts';
import { OwnedChild } from './owned-child.ts';

/** Fulfilled when a child has said that it is ready. @throws Error when it ends instead; nothing is left then. */
export async function readyChild(process: ChildProcess): Promise<OwnedChild> {
  const child = new OwnedChild(process);
  try {
    await messageOf<'ready'>(process);
    return child;
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  }
}
