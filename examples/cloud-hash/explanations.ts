/** What becomes of the hash in each architecture, in words. */

export interface Explanation {
  /** How many hashes there are. */
  readonly hashes: string;
  readonly why: string;
  /** Whether a unit, and with it its hash, ends with its client. */
  readonly endsWithClient?: boolean;
}

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  serial: {
    hashes: 'One hash',
    why: 'One process has loaded the module once, so there is one hash, and every client meets it: first one client, then the next. It lasts as long as the process does.',
  },
  'process-per-connection': {
    hashes: 'A new hash for each client',
    endsWithClient: true,
    why: 'Each client gets a child process that was started for it. The child loads the module, so its hash is empty; it stores the key, and ends with its client, and the key ends with it. With fork(2), as in the book, a child begins with a copy of its parent’s hash instead, and what it stores is lost just the same.',
  },
  'thread-per-connection': {
    hashes: 'A new hash for each client',
    endsWithClient: true,
    why: 'A thread of Node is a V8 isolate: it has a heap of its own, and loads its modules for itself. So each client’s thread begins with an empty hash, which ends with it. Threads of Ruby, Java or C share their memory; there this would be one hash, with a lock around it.',
  },
  prefork: {
    hashes: 'One hash for each process',
    why: 'The children were started beforehand, and each has loaded the module for itself. Whichever is idle accepts the next client, so a GET meets its key only by luck: with four children, about one time in four. Two of them may even hold different values of the same key. With one worker it all seems to work, which is how this gets into production.',
  },
  'thread-pool': {
    hashes: 'One hash for each thread',
    why: 'All in one process, and still not one hash: each thread of the pool is a V8 isolate with modules of its own. A client is served by the thread that happens to be free, and finds what was stored by those who were served there before.',
  },
  reactor: {
    hashes: 'One hash',
    why: 'All clients are served on one event loop and meet the same hash. It needs no lock: between two awaits nobody else runs. That is what makes shared state so easy here, and what has to be unlearned when a second process is added for the second core.',
  },
  'hybrid-nginx': {
    hashes: 'One hash for each process',
    why: 'Each child is a reactor, whose clients share one hash; but there are several children, and the kernel decides which one accepts. Clients of the same child see each other’s keys, clients of different children do not.',
  },
  'hybrid-puma': {
    hashes: 'One hash for each thread',
    why: 'One event loop keeps the connections, but each request runs in the thread that happens to be free. So not even a client that stays connected can count on finding what it has just stored: its next request may run in another thread, which has another hash.',
  },
  'hybrid-eventmachine': {
    hashes: 'One hash',
    why: 'Requests run on the event loop, where the hash is. Only work that would keep the loop busy for long is deferred to threads, and a SET is not. A deferred job would not see the hash: it gets what it needs as a message, and answers with one.',
  },
};

/** @returns what is true of any architecture, for one that is not known here. */
export function explanationOf(architecture: string): Explanation {
  return (
    EXPLANATIONS[architecture] ?? {
      hashes: 'One hash for each process and thread that serves',
      why: 'A module is loaded once in each process, and once in each of its threads. Whoever serves a client meets the hash of where it runs, and no other.',
    }
  );
}

/** What servers do about it, as HTML. */
export const REMEDIES: readonly { readonly title: string; readonly html: string }[] = [
  {
    title: 'A store outside',
    html: 'Redis, memcached, a database: every unit asks the same one. The price is a round trip for each request, and one more server to look after; in return the state outlives a crash and an update. This is what nearly everybody does.',
  },
  {
    title: 'One owner, asked by message',
    html: 'One process or thread has the hash, and the others send it their SETs and GETs. The limits and the list of clients of <code>ohai-ftpd</code> itself work like that: the parent keeps one scoreboard, and every unit asks it, so that they are exact under all nine architectures.',
  },
  {
    title: 'Each key has its place',
    html: 'A hash of the key says which unit has it, and the client, or a proxy, goes there: Redis Cluster, memcached and its clients. Many hashes, but never two for one key.',
  },
  {
    title: 'Memory that is shared',
    html: 'Threads of one process can share bytes (<code>SharedArrayBuffer</code> with <code>Atomics</code>), processes a file or a database in it (SQLite, LMDB). Numbers and records are easy to keep there; a <code>Map</code> has to be built out of bytes first.',
  },
];
