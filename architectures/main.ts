#!/usr/bin/env node
import { runCommandLine } from '../src/cli/command-line.ts';
import { architectures } from './index.ts';

process.exitCode = await runCommandLine({ architectures, argv: process.argv });
