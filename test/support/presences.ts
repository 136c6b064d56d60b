import type { Presences } from '../../src/protocol/presences.ts';

/** Nobody else is here, and everybody may log in. */
export const presences: Presences = {
  logIn: async () => undefined,
  logOut: () => {},
  loginFailed: async () => 1,
  who: async () => [],
  kick: async () => false,
};
