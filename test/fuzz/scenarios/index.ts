import type { FuzzScenario } from '../scenario.ts';
import { clientReplies } from './client-replies.ts';
import { lineReader } from './line-reader.ts';
import { parsers } from './parsers.ts';
import { sessions } from './sessions.ts';
import { tlsStart } from './tls-start.ts';

/** What is fuzzed. A new scenario is a file here and a line in this list. */
export const scenarios: readonly FuzzScenario[] = [
  lineReader,
  parsers,
  clientReplies,
  sessions('reactor', 16),
  sessions('prefork', 6),
  tlsStart('reactor', 16),
  tlsStart('prefork', 6),
];
