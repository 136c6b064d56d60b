import type { Presences } from '../protocol/presences.ts';
import type { Board, Seat } from '../runtime/board.ts';

/**
 * What commands know of other sessions, from what the runtime knows of seats.
 * @param seats of the sessions that are served here, by their ids. One that has left is nobody's any more.
 */
export function presencesOf(seats: ReadonlyMap<string, Seat>, board: Board): Presences {
  return {
    logIn: async (session, user) => seats.get(session)?.logIn(user),
    logOut: (session) => seats.get(session)?.logOut(),
    loginFailed: async (session, user) => (await seats.get(session)?.loginFailed(user)) ?? 1,
    who: () => board.who(),
    kick: (session) => board.kick(session),
  };
}
