// Prints `N passed, M failed, K skipped`, summed over the JSON reports of vitest in a directory.
// usage: summary.mjs EXIT_STATUS DIRECTORY
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [status, directory] = process.argv.slice(2);
const reports = readdirSync(directory).map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')));
const sum = (field) => reports.reduce((total, report) => total + report[field], 0);

const passed = sum('numPassedTests');
const skipped = sum('numPendingTests') + sum('numTodoTests');
// A step that failed without a failed test, such as a file that cannot be loaded, is a failure as well.
const failed = Math.max(sum('numFailedTests'), status === '0' ? 0 : 1);

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
