/** How people name a run: its id, the beginning of it, `id@generation`, or `latest`. */
import { TuttiError } from '../base/tutti-error.ts';
import type { RunRecord, Store } from '../engine/index.ts';

/** How many runs are looked at to tell whether a beginning is unique. */
const candidatesMax = 100;
/** How many candidates an error names. */
const namedMax = 5;

/**
 * The run an address means. A whole id wins over the beginning of a longer one.
 * @throws TUTTI_RUN_NOT_FOUND, TUTTI_RUN_ID_AMBIGUOUS
 */
export async function resolveRun(store: Store, address: string): Promise<RunRecord> {
  const run = await findExactRun(store, address);
  if (run !== null) return run;
  if (address === 'latest') {
    const [newest] = await store.listRuns({ limit: 1 });
    return newest ?? refuse(address, 'There is no run yet');
  }
  const parts = /^(.+)@(\d+)$/.exec(address);
  const prefix = parts?.[1] ?? address;
  const id = await completeId(store, prefix, address);
  const generation = parts?.[2] === undefined ? undefined : Number(parts[2]);
  return (
    (await store.findRun(id, generation)) ??
    refuse(address, `Run '${id}' has no generation ${String(generation)}`)
  );
}

/** The run with exactly this id, or `id@generation`; null if there is none. */
export async function findExactRun(store: Store, address: string): Promise<RunRecord | null> {
  // Ids may contain '@' themselves (mail addresses do), so the whole text comes first.
  const run = await store.findRun(address);
  if (run !== null) return run;
  const parts = /^(.+)@(\d+)$/.exec(address);
  return parts?.[1] === undefined ? null : store.findRun(parts[1], Number(parts[2]));
}

async function completeId(store: Store, prefix: string, address: string): Promise<string> {
  if (prefix === '') return refuse(address, 'The run id is empty');
  const runs = await store.listRuns({ idPrefix: prefix, limit: candidatesMax });
  const ids = [...new Set(runs.map((run) => run.id))];
  const exact = ids.find((id) => id === prefix);
  if (exact !== undefined) return exact;
  const [only] = ids;
  if (only === undefined) return refuse(address, `No run's id is or begins with '${prefix}'`);
  if (ids.length === 1) return only;
  const named = ids.slice(0, namedMax).join(', ');
  const more = ids.length > namedMax ? ', ...' : '';
  throw new TuttiError(
    'TUTTI_RUN_ID_AMBIGUOUS',
    `'${prefix}' begins the ids of several runs: ${named}${more}.`,
    {
      details: { id: address, candidates: ids.slice(0, namedMax) },
    },
  );
}

function refuse(address: string, message: string): never {
  throw new TuttiError('TUTTI_RUN_NOT_FOUND', `${message}.`, { details: { id: address } });
}
