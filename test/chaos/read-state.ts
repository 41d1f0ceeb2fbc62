import type { Client, EntryView, RunView } from '../../src/app/index.ts';
import type { Engine } from '../../src/engine/index.ts';
import type { EntryFacts, RunFacts, StoreState } from './facts.ts';
import type { Done } from './world.ts';

/** Reads everything a store holds, with every payload, through the engine's own reading. */
export async function readState(client: Client, engine: Engine): Promise<StoreState> {
  const runs = await client.listRuns({ limit: 1_000 });
  const facts = await Promise.all(runs.map((run) => readRun(client, engine, run)));
  return { runs: facts.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

async function readRun(client: Client, engine: Engine, run: RunView): Promise<RunFacts> {
  const { id, generation, definition } = run;
  const address = `${id}@${generation}`;
  const record = await engine.store.findRun(id, generation);
  const number = record?.number ?? 0;
  const [detail, history, waits, inbox] = await Promise.all([
    client.showRun(address),
    client.readHistory(address),
    engine.store.listWaits({ run: number }),
    engine.store.listInbox(number),
  ]);
  return {
    id,
    generation,
    definition,
    state: detail.state,
    result: plain(detail.error ?? detail.output),
    entries: history.map(entryFacts),
    waits: waits.map(({ kind, name }) => `${kind} ${name}`),
    inbox: inbox.map(({ kind, name }) => ({ kind, name })),
  };
}

function entryFacts({ seq, kind, name, scope, occurrence, attempt, outcome, value }: EntryView): EntryFacts {
  // A compensation has no result.
  const by = kind === 'step' && outcome === 'ok' ? (value as Done | null)?.by : null;
  const place = `${scope}#${occurrence}`;
  return { seq, kind, name, place, attempt, outcome, value: plain(value), by: by ?? null };
}

/** What differs from one execution to the next, although the same happened. */
const incidental: ReadonlySet<string> = new Set(['stack', 'nextAt', 'by', 'at']);

function plain(value: unknown): string {
  const text = JSON.stringify(value, (key, part: unknown) => (incidental.has(key) ? undefined : part));
  return text ?? 'undefined';
}
