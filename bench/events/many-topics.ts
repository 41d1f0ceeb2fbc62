import { join } from 'node:path';
import { createTutti, event, topic } from 'tutti';
import { inDirectory, median, millisecondsOf, type Bench } from '../bench.ts';
import { BareLog } from './bare-log.ts';

const Made = event<'made', { readonly text: string }>('made');
const rounds = 20;

/** All appends of a moment share one commit, however many topics they go to. */
export const manyTopics: Bench = {
  name: 'many-topics',
  summary: '100 topics × 10 events at once; events/s',
  measure: () =>
    inDirectory(async (directory) => {
      const topics = Array.from({ length: 100 }, (_, n) => topic(`t${n}`, { events: [Made] }));
      const tutti = await createTutti({ store: join(directory, 'tutti.db'), definitions: topics });
      await tutti.start();
      const ten = Array.from({ length: 10 }, () => Made({ text: 'x'.repeat(60) }));
      const bare = new BareLog(join(directory, 'bare.db'));
      const lists = Array.from({ length: 100 }, () => ten.map(({ data }) => data));
      const found: number[] = [];
      const floors: number[] = [];
      for (let round = 0; round <= rounds; round += 1) {
        const ms = await millisecondsOf(() => Promise.all(topics.map((one) => one.publishAll(ten))));
        const bareMs = await millisecondsOf(() => bare.append(...lists));
        if (round === 0) continue;
        found.push(1_000_000 / ms);
        floors.push(1_000_000 / bareMs);
      }
      await tutti.stop();
      bare.close();
      return [{ name: 'many-topics', value: median(found), unit: 'events/s', floor: median(floors) }];
    }),
};
