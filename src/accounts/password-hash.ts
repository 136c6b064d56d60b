/** Not imported: a unit that greets its first client has no time to load it. */
const crypto = () => process.getBuiltinModule('node:crypto');

/** What one scrypt run costs: 2^ln · r · p units of work, 128 · 2^ln · r octets of memory (RFC 7914). */
export interface ScryptCost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

interface PasswordHash {
  readonly cost: ScryptCost;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** 32 MiB and about a tenth of a second. */
const DEFAULT_COST: ScryptCost = { ln: 15, r: 8, p: 1 };

// A hash says what its check costs. These bounds keep a forged one from taking the memory or the processor.
const MAX_MEMORY = 256 * 2 ** 20;
const MAX_WORK = 2 ** 24;

const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/**
 * @returns the password hashed with scrypt and a fresh salt, as a PHC string: `$scrypt$ln=15,r=8,p=1$salt$hash`, salt and
 *   hash in base64 without padding.
 */
export async function hashPassword(password: string, cost: ScryptCost = DEFAULT_COST): Promise<string> {
  const salt = crypto().randomBytes(16);
  return formatPasswordHash({ cost, salt, key: await derive(password, salt, cost, 32) });
}

/**
 * @param hash what hashPassword returned.
 * @returns whether it was made from this password.
 * @throws Error for a hash that isPasswordHash refuses.
 */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const { cost, salt, key } = demandPasswordHash(hash);
  return crypto().timingSafeEqual(await derive(password, salt, cost, key.length), key);
}

/**
 * verifyPassword for a thread that has nothing else to do: keeps it busy for as long as the hash costs, and none of those
 * that all threads of the process share for their work on files.
 */
export function verifyPasswordInThisThread(password: string, hash: string): boolean {
  const { cost, salt, key } = demandPasswordHash(hash);
  const { scryptSync, timingSafeEqual } = crypto();
  return timingSafeEqual(scryptSync(normalized(password), salt, key.length, scryptOptions(cost)), key);
}

/** Whether the text is an scrypt hash in PHC format with parameters inside sane bounds. */
export function isPasswordHash(text: string): boolean {
  return parsePasswordHash(text) !== undefined;
}

/** A hash that no password matches and that takes as long to check as one made with the default cost. */
export function decoyPasswordHash(): string {
  const { randomBytes } = crypto();
  return formatPasswordHash({ cost: DEFAULT_COST, salt: randomBytes(16), key: randomBytes(32) });
}

function demandPasswordHash(text: string): PasswordHash {
  const parsed = parsePasswordHash(text);
  if (!parsed) throw new Error('not a scrypt hash');
  return parsed;
}

function parsePasswordHash(text: string): PasswordHash | undefined {
  const match = PHC.exec(text);
  if (!match) return undefined;
  const cost = { ln: Number(match[1]), r: Number(match[2]), p: Number(match[3]) };
  const { ln, r, p } = cost;
  // RFC 7914 section 2: N is greater than 1 and less than 2^(128·r/8).
  if (ln < 1 || r < 1 || p < 1 || ln >= 16 * r) return undefined;
  if (128 * 2 ** ln * r > MAX_MEMORY || 2 ** ln * r * p > MAX_WORK) return undefined;
  return { cost, salt: Buffer.from(match[4]!, 'base64'), key: Buffer.from(match[5]!, 'base64') };
}

function formatPasswordHash({ cost: { ln, r, p }, salt, key }: PasswordHash): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(key)}`;
}

function base64(octets: Buffer): string {
  return octets.toString('base64').replace(/=+$/, '');
}

function derive(password: string, salt: Buffer, cost: ScryptCost, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    crypto().scrypt(normalized(password), salt, length, scryptOptions(cost), (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

/** The same letter can be typed as one code point or as two; both must open the account (RFC 8265 section 4.2). */
function normalized(password: string): string {
  return password.normalize('NFC');
}

function scryptOptions({ ln, r, p }: ScryptCost) {
  const N = 2 ** ln;
  return { N, r, p, maxmem: 128 * r * (N + p + 2) };
}
