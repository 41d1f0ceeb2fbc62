/** Topics with priorities: what is urgent goes first, keys keep their order, and nobody waits for ever. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTutti, event, topic, type EventDefinition, type Topic, type Tutti } from 'tutti';
import { createMemoryStore } from '../../src/stores/memory/index.ts';

interface Job {
  readonly n: number;
  readonly isUrgent?: boolean;
}

const Asked: EventDefinition<'asked', Job> = event<'asked', Job>('asked');

function jobs(options: object = {}): Topic<typeof Asked> {
  return topic('jobs', { events: [Asked], priority: (e) => (e.data.isUrgent === true ? 5 : 0), ...options });
}

interface Scene {
  readonly source: Topic<typeof Asked>;
  readonly handled: number[];
  readonly tutti: Tutti;
  /** Lets handlers go on; the first one waits for this. */
  readonly open: () => Promise<void>;
}

/** A subscription that handles one event at a time and keeps four in memory; its handlers wait until the gate is opened. */
async function scene(options: object = {}, onHandled = (_n: number): unknown => undefined): Promise<Scene> {
  const source = jobs();
  const handled: number[] = [];
  const gate = Promise.withResolvers<void>();
  source.subscribe('work', {
    from: 'oldest',
    limit: { concurrency: 1 },
    prefetch: 4,
    handler: async ({ data: { n } }) => {
      await gate.promise;
      handled.push(n);
      await onHandled(n);
    },
    ...options,
  });
  const tutti = await createTutti({ store: ':memory:', definitions: [source] });
  onTestFinished(() => tutti.stop());
  await tutti.start();
  return {
    source,
    handled,
    tutti,
    open: async () => {
      gate.resolve();
      await tutti.events.settled();
    },
  };
}

function backlog(count: number): readonly ReturnType<typeof Asked>[] {
  return Array.from({ length: count }, (_, n) => Asked({ n }));
}

describe('an urgent event', () => {
  it('is handled before thousands that wait, far beyond those in memory', async () => {
    const { source, handled, open } = await scene();
    await source.publishAll(backlog(5_000));
    await source.publish(Asked({ n: 9_001, isUrgent: true }));
    await source.publish(Asked({ n: 9_002 }), { priority: 9 });
    await open();
    expect(handled).toHaveLength(5_002);
    expect(new Set(handled).size).toBe(5_002);
    // At its publish, one was in the handler and the memory was full.
    expect(handled.indexOf(9_001)).toBeLessThan(5);
    expect(handled.indexOf(9_002)).toBeLessThan(5);
  });

  it('that comes while the backlog is worked off is next but for what is in a handler', async () => {
    const urgent: number[] = [];
    const here: Scene = await scene({}, async (n) => {
      if (n % 100 !== 50 || n >= 1_000) return;
      await here.source.publish(Asked({ n: 1_000 + n, isUrgent: true }));
      urgent.push(n);
    });
    await here.source.publishAll(backlog(600));
    await here.open();
    expect(urgent).toHaveLength(6);
    for (const n of urgent) {
      expect(here.handled.indexOf(1_000 + n) - here.handled.indexOf(n)).toBeLessThanOrEqual(4);
    }
  });

  it('waits for the events of its key before it', async () => {
    const { source, handled, open } = await scene();
    await source.publishAll(backlog(200), { key: 'other' });
    await source.publish(Asked({ n: 300 }), { key: 'k' });
    await source.publish(Asked({ n: 301 }), { key: 'k', priority: 9 });
    await source.publish(Asked({ n: 302 }), { key: 'l', priority: 1 });
    await source.publish(Asked({ n: 303 }), { key: 'l', priority: 9 });
    await open();
    const place = (n: number): number => handled.indexOf(n);
    expect(place(300)).toBeLessThan(place(301));
    expect(place(302)).toBeLessThan(place(303));
    expect(place(303)).toBeLessThan(20);
    expect(handled.filter((n) => n < 200)).toEqual(Array.from({ length: 200 }, (_, n) => n));
  });

  it('does not starve the others: of ten handled one is the oldest that waits', async () => {
    let asked = 0;
    const here: Scene = await scene({}, async (n) => {
      // Each urgent one makes two more, so there are always some.
      if (n < 10_000 || asked >= 1_500) return;
      asked += 2;
      await here.source.publish(Asked({ n: 10_000 + asked, isUrgent: true }));
      await here.source.publish(Asked({ n: 10_001 + asked, isUrgent: true }));
    });
    await here.source.publishAll(backlog(100));
    await here.source.publish(Asked({ n: 10_000, isUrgent: true }));
    await here.open();
    const places = Array.from({ length: 100 }, (_, n) => here.handled.indexOf(n));
    // Four in memory may be overtaken by nine each, and each place beyond by nine more.
    for (const [n, place] of places.entries()) expect(place).toBeLessThanOrEqual(10 * (n + 1) + 50);
    expect(here.handled).toHaveLength(100 + 1 + asked);
  });

  it('is handled once, also when the engine is stopped in the middle and another goes on', async () => {
    const handled: number[] = [];
    const store = createMemoryStore();
    for (let life = 0; life < 3; life += 1) {
      const source = jobs();
      const enough = Promise.withResolvers<void>();
      let count = 0;
      source.subscribe('work', {
        from: 'oldest',
        limit: { concurrency: 1 },
        prefetch: 4,
        handler: ({ data }) => {
          handled.push(data.n);
          count += 1;
          // Nothing is begun any more from here on, in this life.
          if (count === 30 && life < 2) enough.resolve(tutti.events.stop());
        },
      });
      const tutti = await createTutti({ store, definitions: [source] });
      if (life === 0) {
        for (let n = 0; n < 300; n += 1) await source.publish(Asked({ n, isUrgent: n % 10 === 7 }));
      }
      await tutti.start();
      if (life < 2) await enough.promise;
      else await tutti.events.settled();
      await tutti.stop();
    }
    expect(handled.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, n) => n));
    const urgent = handled.slice(0, 40).filter((n) => n % 10 === 7);
    expect(urgent.length).toBeGreaterThanOrEqual(25);
    await store.close();
  });
});

describe('a priority', () => {
  it('is kept with the event, and told to whoever reads it', async () => {
    const source = jobs();
    const tutti = await createTutti({ store: ':memory:', definitions: [source] });
    onTestFinished(() => tutti.stop());
    await source.publish(Asked({ n: 1, isUrgent: true }));
    await tutti.client.publishEvent('jobs', { type: 'asked', data: { n: 2 }, priority: 3 });
    const cloudEvent = { specversion: '1.0', id: 'c', source: 's', type: 'asked', data: { n: 3 } };
    await tutti.gateway.publish('jobs', [cloudEvent, { ...cloudEvent, id: 'd', priority: 9 }]);
    const { events } = await tutti.client.readEvents('jobs');
    expect(events.map(({ priority }) => priority)).toEqual([5, 3, 0, 9]);
    const { lines } = await tutti.client.readArchive('jobs');
    const chunk = { archive: 'a', line: 1, lines };
    await tutti.client.importArchive('jobs', chunk);
    const again = await tutti.client.readEvents('jobs', { from: '4' });
    expect(again.events.map(({ priority }) => priority)).toEqual([5, 3, 0, 9]);
  });

  it.each([10, -1, 1.5, 'high'])('of %s is refused', async (priority) => {
    const source = jobs({ priority: () => priority });
    const tutti = await createTutti({ store: ':memory:', definitions: [source] });
    onTestFinished(() => tutti.stop());
    await expect(source.publish(Asked({ n: 1 }))).rejects.toMatchObject({ code: 'TUTTI_EVENT_INVALID' });
  });

  it('is refused for a topic without priorities, whose events may have a header of that name', async () => {
    const source = topic('plain', { events: [Asked] });
    const tutti = await createTutti({ store: ':memory:', definitions: [source] });
    onTestFinished(() => tutti.stop());
    const refused = source.publish(Asked({ n: 1 }), { priority: 1 });
    await expect(refused).rejects.toMatchObject({ code: 'TUTTI_OPTION_INVALID' });
    const cloudEvent = {
      specversion: '1.0',
      id: 'c',
      source: 's',
      type: 'asked',
      data: {},
      priority: 'high',
    };
    await tutti.gateway.publish('plain', [cloudEvent]);
    const [stored] = (await tutti.client.readEvents('plain')).events;
    expect(stored).toMatchObject({ priority: 0, headers: { priority: 'high' } });
  });
});
