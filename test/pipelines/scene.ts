import { createTutti, type Pipeline, type RunOutcome, type Tutti, type TuttiOptions } from 'tutti';

/** An engine in memory with these pipelines, stopped when the callback is through. */
export async function withTutti<T>(
  definitions: NonNullable<TuttiOptions['definitions']>,
  use: (tutti: Tutti) => Promise<T>,
  options: TuttiOptions = {},
): Promise<T> {
  // `dev` replays every run at every rest, so each of these tests is a test of replay too.
  const tutti = await createTutti({ store: ':memory:', dev: true, ...options, definitions });
  await tutti.start();
  try {
    return await use(tutti);
  } finally {
    await tutti.stop();
  }
}

/** One run of a pipeline in memory, to its end. */
export async function runOnce(
  definition: Pipeline,
  input?: unknown,
  options: TuttiOptions = {},
): Promise<RunOutcome> {
  return withTutti(
    [definition],
    async ({ client }) => {
      const { id } = await client.startRun(definition.name, input);
      return client.waitForRun(id);
    },
    options,
  );
}
