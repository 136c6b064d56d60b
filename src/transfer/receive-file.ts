import { readSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PosixError } from '../posix/errno.ts';
import { Pipe, spliceAvailable } from '../posix/splice.ts';
import type { FileInKernel, WritableFile } from '../storage/file-system.ts';
import { Turns } from '../storage/turns.ts';
import { buffers } from './buffer-pool.ts';
import { Intake } from './intake.ts';
import type { Reception } from './reception.ts';
import { writeNow } from './write-now.ts';

/** From so many octets on, it pays to wait for how the file can be written. */
const WORTH_WAITING_BYTES = 128 * 1024;
/** In one turn of the event loop: half a millisecond, then other clients have theirs. */
const TURN_BYTES = 1024 * 1024;
/** Fewer, and more turns are lost by waiting than octets are saved from being copied. */
const PIPE_BYTES = 1024 * 1024;
/** Through the process when nothing has come: reading them tells when there is more, which is for the kernel. */
const SIGNAL_BYTES = 4 * 1024;

/** Transfers of this thread that the kernel stores. */
let receiving = 0;
/**
 * One alone is stored on the spot. Of several, the copies are made by threads of the pool, since that is what takes the
 * processor: by three at a time, so that one of Node's four is left to whoever else needs it.
 */
const turns = new Turns(3);

/**
 * Stores everything that the client sends until it closes its side. Nothing is read ahead of the storage, so that a slow one
 * slows the client down.
 *
 * Octets go by way of one large buffer; into a file in memory (tmpfs) they go within the kernel: splice(2). Not into one on a
 * disk: who writes there may have to wait for it, and only a thread of the pool may wait.
 *
 * @param socket of which canTakeIn() holds.
 * @throws DataConnectionError when the connection breaks before its end; whatever `file` throws.
 */
export async function receiveFile(socket: Socket, file: WritableFile, reception: Reception): Promise<void> {
  if (file.inKernel && !reception.onOctets && spliceAvailable()) {
    const asked = file.inKernel();
    // Before an answer that takes its time comes many a file is stored.
    if (asked instanceof Promise && (await receiveByBuffer(socket, file, reception, WORTH_WAITING_BYTES)) === 'end')
      return;
    const inKernel = await asked;
    if (inKernel?.medium === 'memory' && (await receiveInKernel(socket, file, inKernel, reception)) === 'end') return;
  }
  await receiveByBuffer(socket, file, reception);
}

/** @param enough after so many octets it stops. */
async function receiveByBuffer(
  socket: Socket,
  file: WritableFile,
  { onMoved, onOctets }: Reception,
  enough = Number.POSITIVE_INFINITY,
): Promise<'end' | 'enough'> {
  using buffer = buffers.lend();
  using intake = new Intake(socket, buffer.octets);
  for (let stored = 0; stored < enough; ) {
    const chunk = await intake.next();
    if (!chunk) return 'end';
    onOctets?.(chunk);
    await file.write(chunk);
    stored += chunk.length;
    onMoved(chunk.length);
  }
  return 'enough';
}

/** @returns 'impossible' when the file does not take any more in this way. What has been read so far is stored. */
async function receiveInKernel(
  socket: Socket,
  file: WritableFile,
  inKernel: FileInKernel,
  { onMoved }: Reception,
): Promise<'end' | 'impossible'> {
  using intake = new Intake(socket, Buffer.allocUnsafe(SIGNAL_BYTES));
  receiving++;
  using _ended = { [Symbol.dispose]: () => void receiving-- };
  const signals = () => storeSignals(intake, file, inKernel, onMoved);
  if ((await signals()) === 'end') return 'end';
  using pipe = pipeIfPossible();
  if (!pipe) return 'impossible';
  do {
    for (let stop: Stop = 'turn over'; stop === 'turn over'; ) {
      stop = await moveTurn(intake, pipe, inKernel, onMoved);
      if (stop === 'turn over') await nextTurn();
      if (stop === 'impossible') {
        await storeRest(pipe, file, onMoved);
        return 'impossible';
      }
    }
  } while ((await signals()) === 'more');
  return 'end';
}

/** Stores what comes little by little, until more has come than is worth reading. */
async function storeSignals(
  intake: Intake,
  file: WritableFile,
  inKernel: FileInKernel,
  onMoved: (bytes: number) => void,
): Promise<'end' | 'more'> {
  for (;;) {
    const chunk = await intake.next();
    if (!chunk) return 'end';
    await writeNow(inKernel, file, chunk);
    onMoved(chunk.length);
    if (chunk.length === SIGNAL_BYTES) return 'more';
  }
}

/** Another pipe may be too many: of descriptors, or of what a user's pipes may take. */
function pipeIfPossible(): Pipe | undefined {
  try {
    return new Pipe(PIPE_BYTES);
  } catch (error) {
    if (error instanceof PosixError) return undefined;
    throw error;
  }
}

/** Why moving within the kernel stopped. */
type Stop = 'nothing there' | 'turn over' | 'impossible';

/** As much as one turn may, as far as it has come. */
async function moveTurn(
  intake: Intake,
  pipe: Pipe,
  file: FileInKernel,
  onMoved: (bytes: number) => void,
): Promise<Stop> {
  try {
    for (let movedInTurn = 0; movedInTurn < TURN_BYTES; ) {
      // At the end of the connection, as well as before it, reading tells what there is to know.
      const taken = intake.moveInto(pipe);
      if (!taken) return 'nothing there';
      for (let left = taken; left > 0; ) {
        const put =
          receiving > 1 ? await putInTurn(pipe, file, left) : pipe.putInto(file.descriptor, file.position, left);
        if (!put) return 'impossible';
        file.advance(put);
        onMoved(put);
        left -= put;
      }
      movedInTurn += taken;
    }
    return 'turn over';
  } catch (error) {
    if (error instanceof PosixError) return 'impossible';
    throw error;
  }
}

function putInTurn(pipe: Pipe, { descriptor, position }: FileInKernel, octets: number): Promise<number | undefined> {
  return turns.run(() => pipe.putIntoOnPool(descriptor, position, octets));
}

/** The octets that have left the connection and not reached the file. What kept the kernel from that, write() meets and names. */
async function storeRest(pipe: Pipe, file: WritableFile, onMoved: (bytes: number) => void): Promise<void> {
  using buffer = buffers.lend();
  for (;;) {
    const octets = readNow(pipe, buffer.octets);
    if (octets === 0) return;
    await file.write(buffer.octets.subarray(0, octets));
    onMoved(octets);
  }
}

function readNow(pipe: Pipe, buffer: Buffer): number {
  try {
    return readSync(pipe.readEnd, buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}
