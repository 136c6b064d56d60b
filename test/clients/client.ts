import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'vitest';
import type { Runner } from '../../src/index.ts';
import {
  ARCHITECTURES_UNDER_CLIENTS,
  ARCHITECTURES_UNDER_TLS,
  FIRST_ARCHITECTURE,
  servesSeveral,
} from './architectures-under-clients.ts';
import { type Place, servedPlaces } from './place.ts';
import { CLEAR, type Transport } from './transport.ts';

/** A client as it is called, and the Debian package that brings it. */
export interface Client {
  readonly name: string;
  /** All of them are needed. Names are looked up in PATH. */
  readonly programs: readonly string[];
  readonly debianPackage: string;
  /** How it can reach a server, if not in the clear only. */
  readonly transports?: readonly Transport[];
}

/** What the tests of one client are defined with. */
export interface Tests {
  /** A test with a place of its own on a server that the whole file shares. */
  test(title: string, body: Body, excuse?: Excuse): void;
  /**
   * The same for what everybody needs. Over TLS, where not every test is made in every architecture, these are.
   */
  testOfCore(title: string, body: Body, excuse?: Excuse): void;
  /** The same as test() for a client that needs several control connections at a time: skipped where the others would wait. */
  testOfSeveral(title: string, body: Body, excuse?: Excuse): void;
}

type Body = (place: Place) => Promise<void>;

/** Why a client cannot do it over `transport`; undefined: it can. */
type Excuse = (transport: Transport) => string | undefined;

/** Where the tests of one client are made. */
interface Run {
  readonly runner: Runner;
  readonly transport: Transport;
  readonly extent: 'all' | 'core';
}

/**
 * Defines tests of `client` against every architecture, over everything that it can reach a server by. Without the client the suite fails where everything is expected
 * to be installed (CI=true), and shows a skipped test that says what is missing elsewhere.
 */
export function describeClient(client: Client, define: (tests: Tests, runner: Runner) => void): void {
  const missing = client.programs.filter((program) => !isInstalled(program));
  if (missing.length > 0) {
    reportMissing(client, missing);
    return;
  }
  const transports = client.transports ?? [CLEAR];
  for (const { name, excuse } of transports) {
    if (excuse !== undefined) test.skip(`${client.name}${name} (${excuse})`);
  }
  for (const run of transports.filter(({ excuse }) => excuse === undefined).flatMap(runsOver)) {
    describe(`${client.name}${run.transport.name} against ${run.runner.name}`, () => define(testsIn(run), run.runner));
  }
}

function runsOver(transport: Transport): readonly Run[] {
  if (!transport.tls) return ARCHITECTURES_UNDER_CLIENTS.map((runner) => ({ runner, transport, extent: 'all' }));
  const architectures = transport.against === 'all' ? ARCHITECTURES_UNDER_TLS : [FIRST_ARCHITECTURE];
  return architectures.map((runner) => ({
    runner,
    transport,
    extent: runner === FIRST_ARCHITECTURE ? transport.extent : 'core',
  }));
}

function testsIn({ runner, transport, extent }: Run): Tests {
  const inPlace = servedPlaces(runner.name, transport);
  const testOfCore: Tests['testOfCore'] = (title, body, excuse) => {
    const reason = excuse?.(transport);
    if (reason === undefined) test(title, () => inPlace(body));
    else test.skip(`${title} (${reason})`);
  };
  if (extent === 'core') return { test: () => {}, testOfCore, testOfSeveral: () => {} };
  return {
    test: testOfCore,
    testOfCore,
    testOfSeveral: (title, body, excuse) =>
      servesSeveral(runner)
        ? testOfCore(title, body, excuse)
        : test.skip(`${title} (needs several clients at a time; ${runner.name} serves one)`),
  };
}

function reportMissing({ name, debianPackage }: Client, missing: readonly string[]): void {
  const title = `${name} is not tested: no ${missing.join(', ')} here; install it with test/clients/install.sh, or the Debian package ${debianPackage}`;
  if (process.env.CI) {
    test(title, () => {
      throw new Error(title);
    });
  } else {
    // The default report of vitest does not name skipped tests.
    console.warn(title);
    test.skip(title);
  }
}

function isInstalled(program: string): boolean {
  const candidates = program.includes('/')
    ? [program]
    : (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, program));
  return candidates.some((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
