/** When a publish is acknowledged, by the topic's durability. */
import { expect, it, onTestFinished } from 'vitest';
import { createTutti, event, topic } from 'tutti';
import { createMemoryStore } from '../../src/stores/memory/index.ts';

const Seen = event('seen');

/** An engine whose commits wait for the gate. */
async function gated(durability: 'fsync' | 'memory') {
  const store = createMemoryStore();
  const gate = Promise.withResolvers<void>();
  const commit = store.commit.bind(store);
  store.commit = async (batch) => {
    await gate.promise;
    return commit(batch);
  };
  const source = topic('sights', { events: [Seen], partitions: 2, durability });
  const tutti = await createTutti({ store, definitions: [source] });
  onTestFinished(async () => {
    gate.resolve();
    await tutti.stop();
  });
  return { source, tutti, gate };
}

it('with memory a publish is acknowledged before its commit, and read once that has come', async () => {
  const { source, tutti, gate } = await gated('memory');
  expect(await source.publish(Seen(0), { key: 'k' })).toMatchObject({ offset: null, isDuplicate: false });
  const many = await source.publishAll([Seen(1), Seen(2)], { key: 'k' });
  expect(many.map(({ offset }) => offset)).toEqual([null, null]);
  const [{ partition } = { partition: 0 }] = many;
  expect((await tutti.client.readEvents('sights', { partition })).events).toEqual([]);
  gate.resolve();
  await expect
    .poll(async () => (await tutti.client.readEvents('sights', { partition })).events.map(({ data }) => data))
    .toEqual([0, 1, 2]);
});

it('with fsync none is acknowledged before its commit', async () => {
  const { source, gate } = await gated('fsync');
  const acknowledged: string[] = [];
  const both = [
    source.publish(Seen(0), { key: 'k' }).then(() => acknowledged.push('one')),
    source.publishAll([Seen(1)], { key: 'k' }).then(() => acknowledged.push('many')),
  ];
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(acknowledged).toEqual([]);
  gate.resolve();
  await Promise.all(both);
  expect(acknowledged).toHaveLength(2);
});

it('regression: with memory a producer is told all the same that its sequence is refused', async () => {
  const { source, gate } = await gated('memory');
  gate.resolve();
  const by = (epoch: number, sequence: number) => ({
    key: 'k',
    producer: { producer: 'till', epoch, sequence },
  });
  const first = Seen(0, { id: 'e0', time: 0 });
  expect(await source.publish(first, by(1, 0))).toMatchObject({ offset: 0, isDuplicate: false });
  expect(await source.publish(first, by(1, 0))).toMatchObject({ offset: 0, isDuplicate: true });
  await expect(source.publish(Seen(2), by(1, 2))).rejects.toMatchObject({ code: 'TUTTI_PRODUCER_SEQUENCE' });
  await expect(source.publishAll([Seen(1)], by(0, 1))).rejects.toMatchObject({
    code: 'TUTTI_PRODUCER_FENCED',
  });
});

it('there is no other', () => {
  expect(() => topic('sights', { events: [Seen], durability: 'os' as 'fsync' })).toThrow(
    /'fsync' or 'memory'/,
  );
});
