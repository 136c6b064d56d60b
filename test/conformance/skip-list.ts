/** What an architecture need not do, and why. Whoever adds to this list owes the reader a reason that holds. */
export const skipped: Readonly<Record<string, Readonly<Partial<Record<Skippable, string>>>>> = {
  serial: {
    'two clients at a time': 'serves one client at a time, which is what it is there to show',
  },
};

export type Skippable = 'two clients at a time';
