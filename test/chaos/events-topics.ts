import { event, topic, type EventDefinition, type Topic } from 'tutti';
import { z } from 'zod';

/** The data of an event of the input. */
export interface InData {
  readonly id: string;
  readonly key: string;
}

/** The data of an event of the output: what it was made of, and a number that counts per key. */
export interface OutData extends InData {
  readonly partition: number;
  readonly offset: number;
  readonly count: number;
}

/** What is published. */
export const In: EventDefinition<'in', InData> = event('in', {
  schema: z.object({ id: z.string(), key: z.string() }),
});
/** What the handler makes of it. */
export const Out: EventDefinition<'out', OutData> = event('out', {
  schema: z.object({
    id: z.string(),
    key: z.string(),
    partition: z.number(),
    offset: z.number(),
    count: z.number(),
  }),
});

/** Two topics; for each event of the first one, one of the second, numbered per key. */
export function pipeline(): { readonly input: Topic<typeof In>; readonly output: Topic<typeof Out> } {
  const output = topic('output', { events: [Out] });
  const input = topic('input', { events: [In], key: (e) => e.data.key, partitions: 2 });
  input.subscribe('copy', {
    from: 'oldest',
    handler: async (e, ctx) => {
      const count = ((await ctx.state.get()) as number | null) ?? 0;
      ctx.state.set(count + 1);
      const { partition, offset } = e;
      await ctx.publish(output, Out({ ...e.data, partition, offset, count }));
    },
  });
  return { input, output };
}
