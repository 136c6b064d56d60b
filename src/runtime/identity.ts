/**
 * Another user in the place of root, for good: credentials(7), setuid(2). To the kernel these belong to a thread; glibc
 * and musl change them in all threads of the process (nptl(7)), those of libuv's pool and of worker threads included, and
 * Node refuses where io_uring has threads in the kernel that would remain root.
 */
import { userInfo } from 'node:os';

/** A user that this process cannot become. The message is one line that does not name it. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
}

/** As a person names them; digits alone are numbers. */
export interface IdentityNames {
  readonly user: string;
  /** Absent: the group of the user's entry in passwd(5). */
  readonly group?: string;
}

/** Who a process can become that is root now. */
export interface Identity {
  /** Absent for a number without an entry in passwd(5). */
  readonly name?: string;
  readonly uid: number;
  readonly gid: number;
}

/** 2^32 - 1 means "leave it as it is" (setreuid(2)). */
const HIGHEST_ID = 2 ** 32 - 2;

type Credentials = Required<
  Pick<
    NodeJS.Process,
    | 'getuid'
    | 'geteuid'
    | 'getgid'
    | 'getegid'
    | 'getgroups'
    | 'setuid'
    | 'seteuid'
    | 'setgid'
    | 'setegid'
    | 'setgroups'
  >
> & {
  /** Its types do not know it. */
  initgroups(user: string | number, extraGroup: string | number): void;
};

/**
 * Looks up a user, and the group that is to be its first. To be called as root, in the main thread, at the start: for a
 * moment, the effective user of the process is the one looked up.
 * @throws IdentityError when there is no such user or group, when they are root's, and when this process is not root.
 */
export function findIdentity({ user, group }: IdentityNames): Identity {
  const self = credentials();
  if (self.geteuid() !== 0) {
    throw new IdentityError(
      'only root can become another user; start it as root, or let it serve as the user that you are',
    );
  }
  const found = findUser(self, user);
  const gid = group === undefined ? found.gid : findGroup(self, group);
  if (gid === undefined) {
    throw new IdentityError(
      `there is no entry for user ${found.uid} that tells its group; add one, as in ${found.uid}:${found.uid}`,
    );
  }
  if (found.uid === 0) throw new IdentityError('that is root itself; choose another user');
  if (gid === 0) throw new IdentityError('that is the group of root; choose another one, as in USER:GROUP');
  return { ...(found.name !== undefined && { name: found.name }), uid: found.uid, gid };
}

/**
 * Gives up root in favour of a user, and makes sure that there is no way back. What only root may read, cannot be read
 * from now on. To be called once all sockets are bound, before anything is started that serves: children inherit it.
 * @throws IdentityError when the system refuses, and when this process could become root again: it must not serve then.
 */
export function assumeIdentity({ name, uid, gid }: Identity): void {
  const self = credentials();
  try {
    // In this order: who is not root any more cannot change groups.
    if (name === undefined) self.setgroups([gid]);
    else self.initgroups(name, gid);
    self.setgid(gid);
    self.setuid(uid);
  } catch (error) {
    throw new IdentityError(`the system refuses: ${(error as Error).message}`, { cause: error });
  }
  const has = [self.getuid(), self.geteuid(), self.getgid(), self.getegid()];
  if (has.join() !== [uid, uid, gid, gid].join()) throw new IdentityError('the system has not changed the user');
  if (self.getgroups().includes(0)) {
    throw new IdentityError(
      'that user is a member of the group of root; choose another one, or take it out of that group',
    );
  }
  if (canReturn(self)) {
    throw new IdentityError(
      'this process could become root again (securebits in capabilities(7)?), and does not serve like that',
    );
  }
}

function credentials(): Credentials {
  if (process.setuid === undefined) {
    throw new IdentityError('users cannot be changed on this platform, which has no setuid(2)');
  }
  return process as unknown as Credentials;
}

/** No function of Node looks up a user, except for the effective one. Nothing else of the program runs while that is another. */
function findUser(self: Credentials, user: string): Partial<Identity> & Pick<Identity, 'uid'> {
  try {
    self.seteuid(nameOrNumber(user));
  } catch (error) {
    throw notFound(`there is no user '${user}'`, error);
  }
  try {
    const { username, uid, gid } = userInfo();
    return { name: username, uid, gid };
  } catch {
    return { uid: self.geteuid() };
  } finally {
    self.seteuid(0);
  }
}

function findGroup(self: Credentials, group: string): number {
  const before = self.getegid();
  try {
    self.setegid(nameOrNumber(group));
    return self.getegid();
  } catch (error) {
    throw notFound(`there is no group '${group}'`, error);
  } finally {
    self.setegid(before);
  }
}

function nameOrNumber(text: string): string | number {
  return /^\d+$/.test(text) && Number(text) <= HIGHEST_ID ? Number(text) : text;
}

function notFound(message: string, error: unknown): IdentityError {
  const { code, message: reason } = error as NodeJS.ErrnoException;
  return new IdentityError(code === 'ERR_UNKNOWN_CREDENTIAL' ? message : `the system refuses: ${reason}`, {
    cause: error,
  });
}

function canReturn(self: Credentials): boolean {
  const ways = [
    () => self.setuid(0),
    () => self.seteuid(0),
    () => self.setgid(0),
    () => self.setegid(0),
    () => self.setgroups([0]),
  ];
  return ways.some((way) => {
    try {
      way();
      return true;
    } catch {
      return false;
    }
  });
}
