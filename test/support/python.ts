import { spawnSync } from 'node:child_process';

/**
 * Whether there is a python3 to send what Node cannot: urgent data. For runIf; where it is false, says so.
 * @throws Error when it is missing under continuous integration, where a test that is left out would go unnoticed.
 */
export function pythonAvailable(): boolean {
  if (spawnSync('python3', ['--version']).status === 0) return true;
  if (process.env.CI) throw new Error('python3 is missing; in CI no test that needs it may be skipped');
  console.warn('SKIPPED what needs python3, which is not installed');
  return false;
}
