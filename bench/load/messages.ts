/** What the bench and the process of the load clients say to each other, in this order. */
import type { LoadPlan, LoadResult } from './plan.ts';

export type ToLoad =
  /** Those of the last plan leave. */
  | { readonly do: 'make'; readonly plan: LoadPlan }
  | { readonly do: 'prepare' }
  | { readonly do: 'run' }
  /** While it runs. */
  | { readonly do: 'stop' }
  /** All connections end. */
  | { readonly do: 'leave' };

export type FromLoad =
  /** The process is there, and takes a plan. */
  | { readonly is: 'ready' }
  | { readonly is: 'made' }
  | { readonly is: 'prepared' }
  /** The warming up is over. Nobody waits for it. */
  | { readonly is: 'measuring' }
  | { readonly is: 'left' }
  | { readonly is: 'done'; readonly result: LoadResult }
  /** Instead of any of these. */
  | { readonly is: 'failed'; readonly why: string };
