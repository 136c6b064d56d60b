/** npm run bench */
import { runCommandLine } from './cli/command-line.ts';

// Whoever reads along may have had enough; the report is written all the same.
process.stdout.on('error', () => {});

process.exitCode = await runCommandLine(process.argv);
