/** How TLS is spoken between a client and a server. Plain data. */
export interface Tls {
  /** This one and no other. */
  readonly version: '1.2' | '1.3';
  /** Explicit or implicit FTPS. */
  readonly begins: 'after AUTH' | 'at once';
  /** Whether the client resumes the session of its control connection on its data connections. */
  readonly resumes: boolean;
  /** Whether the server demands that. */
  readonly resumption: 'offer' | 'require';
}

/** How a client reaches a server: in the clear, or protected by TLS. */
export interface Transport {
  /** What stands behind the client's name in the titles. */
  readonly name: string;
  readonly tls?: Tls;
  /** Tried against every architecture of its list, or the first one only. */
  readonly against: 'all' | 'the first';
  /** Which tests are made against the first one. The others get those of the core, unless it is in the clear. */
  readonly extent: 'all' | 'core';
  /** Why a client cannot use it. */
  readonly excuse?: string;
}

export const CLEAR: Transport = { name: '', against: 'all', extent: 'all' };

/** A client that has each data connection begin a session of its own, where nobody minds. */
export const FRESH = inBothVersions(
  { name: '', against: 'the first', extent: 'all' },
  { begins: 'after AUTH', resumes: false, resumption: 'offer' },
);

/** A client that resumes, where the server takes nothing else. */
export const RESUMED = inBothVersions(
  { name: ', resumed', against: 'all', extent: 'core' },
  { begins: 'after AUTH', resumes: true, resumption: 'require' },
);

/** A client that does not, there. */
export const UNRESUMED = inBothVersions(
  { name: ', not resumed', against: 'all', extent: 'core' },
  { begins: 'after AUTH', resumes: false, resumption: 'require' },
);

export const IMPLICIT = inBothVersions(
  { name: ', implicit', against: 'the first', extent: 'core' },
  { begins: 'at once', resumes: true, resumption: 'offer' },
);

export function everywhere(transport: Transport): Transport {
  return { ...transport, against: 'all' };
}

export function inFull(transport: Transport): Transport {
  return { ...transport, extent: 'all' };
}

/** Visible as a skipped test. */
export function excused(transport: Transport, excuse: string): Transport {
  return { ...transport, excuse };
}

function inBothVersions(
  { name, ...rest }: Omit<Transport, 'tls'>,
  tls: Omit<Tls, 'version'>,
): [tls12: Transport, tls13: Transport] {
  const over = (version: Tls['version']) => ({
    name: ` over TLS ${version}${name}`,
    ...rest,
    tls: { version, ...tls },
  });
  return [over('1.2'), over('1.3')];
}
