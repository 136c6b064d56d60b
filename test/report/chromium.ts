import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's. Playwright would download another one, which is not what this machine's people look at reports with. */
const PROGRAM = '/usr/bin/chromium';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Whether there is a browser. For runIf; where it is false, says so.
 * @throws Error when it is missing under continuous integration, where a test that is left out would go unnoticed.
 */
export function chromiumAvailable(program = PROGRAM): boolean {
  if (existsSync(program)) return true;
  if (process.env.CI) throw new Error(`${program} is missing; in CI no test that needs it may be skipped`);
  console.warn(`SKIPPED what needs ${program}, which is not installed: test/report/install.sh installs it`);
  return false;
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: PROGRAM, args: ARGUMENTS });
}
