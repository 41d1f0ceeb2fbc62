import { expect, it } from 'vitest';
import { createMemoryStore } from '../stores/memory/index.ts';
import { batch, line, runStart, startTime } from '../testing/store-conformance/builders.ts';
import { readLog } from './run-log.ts';

const registration = { name: 'w', now: startTime, leaseUntil: startTime + 9, definitions: ['greet'] };

it('a step is asked for by its name, whatever its scope and occurrence, over all pages', async () => {
  const store = createMemoryStore();
  const worker = await store.registerWorker(registration);
  const { starts } = await store.commit(batch({ worker, starts: [runStart({ id: 'a', owner: worker })] }));
  const { number } = starts[0]!.run;
  const keys = ['/step:pay#0', '/map#0[1]/step:pay#12', '/step:pay later#0', ''];
  const logs = Array.from({ length: 2_500 }, (_, index) =>
    line(number, `${index}`, { key: keys[index % keys.length]! }),
  );
  await store.commit(batch({ worker, logs }));
  const paid = await readLog(store, number, { step: 'pay', limit: 5_000 });
  expect(paid.length).toBe(1_250);
  expect(paid[1]).toMatchObject({ seq: 2, step: 'pay', key: '/map#0[1]/step:pay#12', text: '1' });
  const next = await readLog(store, number, { step: 'pay later', after: 3, limit: 2 });
  expect(next.map(({ seq }) => seq)).toEqual([7, 11]);
  expect((await readLog(store, number, { after: 3, limit: 1 }))[0]).toMatchObject({ step: null, seq: 4 });
  expect(await readLog(store, number, { attempt: 2 })).toEqual([]);
});
