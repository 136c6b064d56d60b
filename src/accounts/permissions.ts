import { PERMISSIONS, type Permission } from './account.ts';

/** Sets of permissions with a name, for password files and options. */
export const PERMISSION_PRESETS = {
  'read-only': ['list', 'read'],
  'read-write': PERMISSIONS,
} as const satisfies Record<string, readonly Permission[]>;

export type PermissionPreset = keyof typeof PERMISSION_PRESETS;

/** Every word that a list of permissions may contain. */
export const PERMISSION_WORDS: readonly (Permission | PermissionPreset)[] = [
  ...(Object.keys(PERMISSION_PRESETS) as PermissionPreset[]),
  ...PERMISSIONS,
];

/**
 * @param words permissions and presets, in any order.
 * @returns the permissions that they mean together, in the order of PERMISSIONS.
 * @throws Error naming the first unknown word.
 */
export function parsePermissions(words: readonly string[]): readonly Permission[] {
  const chosen = new Set(words.flatMap(permissionsOf));
  return PERMISSIONS.filter((permission) => chosen.has(permission));
}

/** The shortest list of words that parsePermissions turns into these permissions. */
export function permissionWords(permissions: readonly Permission[]): readonly string[] {
  const preset = Object.entries(PERMISSION_PRESETS).find(([, set]) => sameSet(set, permissions));
  return preset ? [preset[0]] : permissions;
}

function permissionsOf(word: string): readonly Permission[] {
  if (Object.hasOwn(PERMISSION_PRESETS, word)) return PERMISSION_PRESETS[word as PermissionPreset];
  if (PERMISSIONS.includes(word as Permission)) return [word as Permission];
  throw new Error(`unknown permission '${word}' (known: ${PERMISSION_WORDS.join(', ')})`);
}

function sameSet(set: readonly Permission[], other: readonly Permission[]): boolean {
  return set.length === other.length && set.every((permission) => other.includes(permission));
}
