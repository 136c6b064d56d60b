import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'vitest';
import type { Runner } from '../../src/index.ts';
import { ARCHITECTURES_UNDER_CLIENTS, servesSeveral } from './architectures-under-clients.ts';
import { type Place, servedPlaces } from './place.ts';

/** A client as it is called, and the Debian package that brings it. */
export interface Client {
  readonly name: string;
  /** All of them are needed. Names are looked up in PATH. */
  readonly programs: readonly string[];
  readonly debianPackage: string;
}

/** What the tests of one client are defined with. */
export interface Tests {
  /** A test with a place of its own on a server that the whole file shares. */
  test(title: string, body: (place: Place) => Promise<void>): void;
  /** The same for a client that needs several control connections at a time: skipped where the others would wait. */
  testOfSeveral(title: string, body: (place: Place) => Promise<void>): void;
}

/**
 * Defines tests of `client` against every architecture. Without the client the suite fails where everything is expected
 * to be installed (CI=true), and shows a skipped test that says what is missing elsewhere.
 */
export function describeClient(client: Client, define: (tests: Tests, runner: Runner) => void): void {
  const missing = client.programs.filter((program) => !isInstalled(program));
  if (missing.length > 0) {
    reportMissing(client, missing);
    return;
  }
  describe.each(ARCHITECTURES_UNDER_CLIENTS.map((runner) => ({ name: runner.name, runner })))(
    `${client.name} against $name`,
    ({ runner }) => {
      const inPlace = servedPlaces(runner.name);
      const several = servesSeveral(runner);
      define(
        {
          test: (title, body) => test(title, () => inPlace(body)),
          testOfSeveral: (title, body) =>
            several
              ? test(title, () => inPlace(body))
              : test.skip(`${title} (needs several clients at a time; ${runner.name} serves one)`),
        },
        runner,
      );
    },
  );
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
