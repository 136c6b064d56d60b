import type { ReadableFile } from '../../src/storage/file-system.ts';
import { MemoryFileSystem } from '../../src/storage/memory.ts';
import type { ControlClient, DataClient } from '../support/control-client.ts';

/** More than all buffers between a server and a client that does not read can hold. */
const VAST_BYTES = 2 ** 30;

/** A storage with a file `/vast`: a transfer of it lasts until somebody ends it. */
export class StorageWithVastFile extends MemoryFileSystem {
  /** Files opened by read() and not yet closed. */
  open = 0;

  override async read(path: string, options: { readonly start?: number } = {}): Promise<ReadableFile> {
    if (path !== '/vast') return super.read(path, options);
    this.open += 1;
    const close = async () => {
      this.open -= 1;
    };
    return { size: VAST_BYTES, read: async (buffer) => buffer.length, close, [Symbol.asyncDispose]: close };
  }
}

/** Starts a download of `/vast` that the client does not read. */
export async function vastTransfer(client: ControlClient): Promise<DataClient> {
  await client.command('TYPE I');
  const data = await client.passive();
  const { code } = await client.command('RETR vast');
  if (code !== 150) throw new Error(`RETR answered ${code}`);
  return data;
}
