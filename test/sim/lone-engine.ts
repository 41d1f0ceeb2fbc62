/** One working engine on virtual time, for small scenes. */
import { createTutti, type Tutti, type TuttiOptions, type Workflow } from '../../src/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { VirtualClock } from '../../src/testing/index.ts';

export const clock: VirtualClock = new VirtualClock();

/** A working engine on virtual time. */
export async function open(code: Workflow, options: TuttiOptions = {}): Promise<Tutti> {
  const tutti = await createTutti({ store: createMemoryStore(), clock, definitions: [code], ...options });
  await tutti.start();
  return tutti;
}

/** Lets everything happen that happens by itself, then what time sets off, until the condition holds. */
export async function expectEventually(
  condition: () => boolean | Promise<boolean>,
  timesMax = 2_000,
): Promise<void> {
  for (let times = 0; times < timesMax; times += 1) {
    for (let turns = 0; turns < 5; turns += 1) await new Promise<void>((resolve) => setImmediate(resolve));
    if (await condition()) return;
    clock.fireNext();
  }
  throw new Error('it never came to that');
}

export async function stateOf(tutti: Tutti, id: string): Promise<string> {
  return (await tutti.engine.store.findRun(id))?.state ?? 'unknown';
}
