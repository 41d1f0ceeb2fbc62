/** Schemas that check asynchronously, for instance by asking a service. */
import { expect, it, onTestFinished } from 'vitest';
import { createTutti, event, topic, type StandardSchema } from 'tutti';

it('regression: an event is checked once by a schema that does so asynchronously', async () => {
  const checked: unknown[] = [];
  const schema: StandardSchema<string> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: async (sku) => {
        checked.push(sku);
        return sku === 'gone'
          ? { issues: [{ message: 'is not for sale' }] }
          : { value: `sku ${String(sku)}` };
      },
    },
  };
  const Picked = event('picked', { schema });
  const picks = topic('picks', { events: [Picked] });
  const tutti = await createTutti({ store: ':memory:', definitions: [picks] });
  onTestFinished(() => tutti.stop());
  await picks.publish(Picked('a'));
  await picks.publishAll([Picked('b'), Picked('c')]);
  await expect(picks.publish(Picked('gone'))).rejects.toMatchObject({
    code: 'TUTTI_INPUT_INVALID',
    message: 'the data of event "picked" does not fit its schema: is not for sale',
  });
  expect(checked).toEqual(['a', 'b', 'c', 'gone']);
  const { events } = await tutti.client.readEvents('picks', { partition: 0 });
  expect(events.map(({ data }) => data)).toEqual(['sku a', 'sku b', 'sku c']);
});
