/** The demo's topics live in examples/fraud and use the package by its public name, as a user's code would. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../base/clock.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { Client, Tutti, TuttiOptions } from '../../app/index.ts';

type Definitions = NonNullable<TuttiOptions['definitions']>;

/** The opened example; what the demo uses of `Fraud` in examples/fraud/open-fraud.ts. */
interface OpenedFraud {
  readonly definitions: Definitions;
  readonly statistics: {
    total(): { readonly count: number; readonly p99: number };
    readonly blocked: number;
  };
  close(): void;
}

/** What the stream of payments follows from. */
interface StreamPlan {
  readonly seed: number;
  readonly rate: number;
  readonly count: number;
}

/** What the example counts in the end; the shape of `Account` in examples/fraud/check.ts. */
interface FraudAccount {
  readonly authorizations: number;
  readonly decided: number;
  readonly blocked: number;
  readonly reviewed: number;
  readonly deadLetters: number;
  readonly differences: readonly string[];
}

/** The exports of examples/fraud/open-fraud.ts that the demo uses. */
interface FraudModule {
  openFraud(directory: string): OpenedFraud;
  publishedSoFar(client: Client): Promise<number>;
  publishStream(
    fraud: OpenedFraud,
    plan: StreamPlan,
    how: { readonly from: number; readonly signal: AbortSignal },
  ): Promise<void>;
}

/** The exports of examples/fraud/watch.ts. */
interface WatchModule {
  watch(options: WatchFraudOptions): Promise<FraudAccount>;
}

/** How to watch a whole stream. */
interface WatchFraudOptions {
  readonly directory: string;
  readonly plan: StreamPlan;
  readonly print: (line: string) => void;
  readonly open: (definitions: Definitions) => Promise<Pick<Tutti, 'client' | 'events' | 'stop'>>;
}

/** From src/cli/demo and from dist/cli/demo the repository's root is equally far. */
const folder = new URL('../../../examples/fraud/', import.meta.url);

/** How often it is looked whether all is decided. Milliseconds. */
const lookEveryMs = 50;
/** Three seconds in which a card is stolen, and the holder of another one cannot be told. Nobody is asked. */
const shortPlan: StreamPlan = { seed: 59, rate: 400, count: 1_200 };

/** The example beside others in one engine. */
export interface FraudBeside {
  readonly definitions: Definitions;
  /** Publishes what is left of a short stream; resolves with a line about it, or null when there is nothing to say. */
  play(client: Client, clock: Clock, signal: AbortSignal): Promise<string | null>;
  close(): void;
}

/** The example for an engine that does other things too; null where it is not installed. */
export async function openFraudBeside(directory: string): Promise<FraudBeside | null> {
  const location = new URL('open-fraud.ts', folder);
  if (!existsSync(location)) return null;
  const example = (await import(location.href)) as FraudModule;
  const fraud = example.openFraud(directory);
  return {
    definitions: fraud.definitions,
    play: async (client, clock, signal) => {
      const from = await example.publishedSoFar(client);
      if (from >= shortPlan.count) return null;
      await example.publishStream(fraud, shortPlan, { from, signal });
      while (!signal.aborted && (await client.listConsumers()).some(({ lag }) => lag > 0)) {
        await new Promise<void>((resolve) => clock.setTimer(lookEveryMs, resolve));
      }
      if (signal.aborted) return null;
      const { count, p99 } = fraud.statistics.total();
      return `Fraud watch: ${count} card payments decided, ${fraud.statistics.blocked} blocked, p99 ${p99.toFixed(0)} ms.`;
    },
    close: () => fraud.close(),
  };
}

/** Watches a whole stream and counts. @throws TUTTI_MODULE_FAILED where the example is not there. */
export async function watchFraud(options: WatchFraudOptions): Promise<FraudAccount> {
  const location = new URL('watch.ts', folder);
  if (!existsSync(location)) {
    throw new TuttiError(
      'TUTTI_MODULE_FAILED',
      `The demo needs ${fileURLToPath(location)}, which comes with a checkout of the repository, not with the installed package.`,
    );
  }
  return ((await import(location.href)) as WatchModule).watch(options);
}
