/** The least that can be started as a thread or as a child process and be heard of: what a unit's start is compared with. */
import { parentPort } from 'node:worker_threads';

if (parentPort) parentPort.postMessage('started');
else process.send!('started');
