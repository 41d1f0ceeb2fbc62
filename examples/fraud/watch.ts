import { join } from 'node:path';
import { createTutti, type Tutti, type TuttiOptions } from 'tutti';
import type { StreamPlan } from './authorization.ts';
import { account, type Account } from './check.ts';
import { answerAtDesk, openFraud, publishedSoFar, publishStream, type Fraud } from './open-fraud.ts';

/** How to watch. */
export interface WatchOptions {
  readonly directory: string;
  readonly plan: StreamPlan;
  readonly print: (line: string) => void;
  /** Starts an engine with these definitions. Default: one on a file in the directory. */
  readonly open?: (definitions: NonNullable<TuttiOptions['definitions']>) => Promise<Opened>;
}

/** What is used of an engine. */
type Opened = Pick<Tutti, 'client' | 'events' | 'stop'>;

/** How often a line is printed. Milliseconds. */
const reportEveryMs = 1_000;

/** Publishes what is left of the stream, sees all of it decided, and counts. May be killed at any time and called again. */
export async function watch(options: WatchOptions): Promise<Account> {
  const { directory, plan, print } = options;
  const fraud = openFraud(directory);
  const tutti = await (options.open ?? openOn(join(directory, 'tutti.db')))(fraud.definitions);
  const closing = new AbortController();
  const { signal } = closing;
  const beside = [answerAtDesk(tutti.client, signal), report(tutti, fraud, { plan, print, signal })];
  try {
    const from = await publishedSoFar(tutti.client);
    if (from > 0)
      print(`Going on: ${from} authorizations and ${fraud.ledger.count} booked decisions are on disk.`);
    await publishStream(fraud, plan, { from });
    await tutti.events.settled();
    while (!(await isDone(tutti, fraud, plan))) await new Promise((done) => setTimeout(done, 50));
    const result = await account(tutti.client, fraud, plan);
    const { count, p50, p99 } = fraud.statistics.total();
    print(
      `${count} decided by the rules here, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms after they were published.`,
    );
    return result;
  } finally {
    closing.abort();
    await Promise.all(beside);
    await tutti.stop();
    fraud.close();
  }
}

function openOn(store: string): NonNullable<WatchOptions['open']> {
  return async (definitions) => {
    const tutti = await createTutti({ store, definitions });
    await tutti.start();
    return tutti;
  };
}

/** Whether every authorization is booked, and every consumer has seen everything. */
async function isDone({ client }: Opened, fraud: Fraud, plan: StreamPlan): Promise<boolean> {
  if (fraud.ledger.count < plan.count) return false;
  return (await client.listConsumers()).every(({ lag }) => lag === 0);
}

async function report(
  { client }: Opened,
  fraud: Fraud,
  { plan, print, signal }: Pick<WatchOptions, 'plan' | 'print'> & { readonly signal: AbortSignal },
): Promise<void> {
  let seen = 0;
  while (!signal.aborted) {
    await new Promise((done) => setTimeout(done, reportEveryMs));
    const { count, p50, p99 } = fraud.statistics.take();
    seen = fraud.statistics.seen;
    const consumers = await client.listConsumers();
    const behind = consumers.reduce((most, one) => (one.lag > most.lag ? one : most));
    const age = behind.lagMs === null ? '' : `, ${(behind.lagMs / 1_000).toFixed(1)} s`;
    const lag = behind.lag === 0 ? 'nobody behind' : `${behind.id} behind by ${behind.lag}${age}`;
    print(
      `${String(seen).padStart(7)} of ${plan.count}  ${count}/s  p50 ${p50.toFixed(1)} ms  p99 ${p99.toFixed(1)} ms  ` +
        `${fraud.statistics.blocked} blocked  ${lag}`,
    );
  }
}
