import type { SlotChange, SlotOutcome } from '../../engine/index.ts';
import { change, finish, pause, release, request, send, sleep, startTime } from './builders.ts';
import { leaseMs, type Claim, type Scene } from './scene.ts';

/** Slots: who is granted, who waits and in which order, and that nothing is lost or left behind. */
export function slotClaims(claim: Claim): void {
  requestClaims(claim);
  orderClaims(claim);
  limitClaims(claim);
  releaseClaims(claim);
  wakeClaims(claim);
  endClaims(claim);
}

/** A worker with runs of these ids; a request's key is the same in each. */
class Line {
  readonly scene: Scene;
  readonly worker: number;
  readonly runs: ReadonlyMap<string, number>;

  constructor(scene: Scene, worker: number, runs: ReadonlyMap<string, number>) {
    this.scene = scene;
    this.worker = worker;
    this.runs = runs;
  }

  static async of(scene: Scene, ...ids: readonly string[]): Promise<Line> {
    const worker = await scene.worker();
    const runs = new Map<string, number>();
    for (const id of ids) runs.set(id, (await scene.owned(worker, id)).number);
    return new Line(scene, worker, runs);
  }

  number(id: string): number {
    return this.runs.get(id) ?? 0;
  }

  async ask(id: string, parts: Parameters<typeof request>[2] = {}): Promise<SlotOutcome | undefined> {
    return (await this.change(request(this.number(id), 'k', parts)))[0];
  }

  async giveBack(id: string): Promise<void> {
    await this.change(release(this.number(id), 'k'));
  }

  async limit(limit: number | null): Promise<void> {
    await this.change({ kind: 'limit', pool: 'db', limit, at: startTime + 7 });
  }

  async change(...slots: readonly SlotChange[]): Promise<readonly SlotOutcome[]> {
    return (await this.scene.commit({ worker: this.worker, slots })).slots;
  }

  async finish(id: string): Promise<void> {
    const run = await this.scene.run(this.number(id));
    await this.scene.commit({ worker: this.worker, runs: [finish(run)] });
  }

  /** Ids of the holders and of those in line, in order. */
  async state(pool = 'db'): Promise<{ readonly granted: string; readonly waiting: string }> {
    const idOf = new Map([...this.runs].map(([id, number]) => [number, id]));
    const slots = await this.scene.store.listSlots({ pool });
    const ids = (isGranted: boolean): string =>
      slots
        .filter((slot) => (slot.grantedAt !== null) === isGranted)
        .map((slot) => idOf.get(slot.run))
        .join('');
    return { granted: ids(true), waiting: ids(false) };
  }

  async messages(id: string): Promise<readonly string[]> {
    const inbox = await this.scene.store.listInbox(this.number(id));
    return inbox.map(({ kind, name }) => `${kind} ${name}`);
  }
}

function requestClaims(claim: Claim): void {
  claim('slots are granted while the pool has some, and then stand in line', async (scene) => {
    const line = await Line.of(scene, 'a', 'b', 'c');
    const outcomes = [await line.ask('a'), await line.ask('b'), await line.ask('c')];
    scene.expect(outcomes).toEqual(['granted', 'granted', 'queued']);
    scene.expect(await line.messages('a')).toEqual([]);
    scene
      .expect(await scene.store.listPools())
      .toEqual([{ pool: 'db', limit: null, granted: 2, waiting: 1 }]);
    const common = { pool: 'db', key: 'k', slots: 1, priority: 0, limit: 2, since: startTime + 6 };
    scene.expect(await scene.store.listSlots({ pool: 'db' })).toEqual([
      { ...common, run: line.number('a'), grantedAt: startTime + 6 },
      { ...common, run: line.number('b'), grantedAt: startTime + 6 },
      { ...common, run: line.number('c'), grantedAt: null },
    ]);
    scene.expect((await scene.store.listSlots({ pool: 'db', limit: 1 })).length).toBe(1);
  });

  claim('asking again changes nothing and tells how the first request stands', async (scene) => {
    const line = await Line.of(scene, 'a', 'b');
    await line.ask('a', { limit: 1 });
    await line.ask('b', { limit: 1 });
    const again = [await line.ask('a', { limit: 1 }), await line.ask('b', { limit: 9, priority: 9 })];
    scene.expect(again).toEqual(['granted', 'queued']);
    scene.expect(await scene.store.listPools()).toMatchObject([{ granted: 1, waiting: 1 }]);
  });

  claim('pools do not know of each other, and one run may hold of several', async (scene) => {
    const line = await Line.of(scene, 'a', 'b');
    const outcomes = await line.change(
      request(line.number('a'), 'k', { limit: 1 }),
      request(line.number('a'), 'l', { pool: 'disk', limit: 1 }),
      request(line.number('b'), 'k', { limit: 1 }),
    );
    scene.expect(outcomes).toEqual(['granted', 'granted', 'queued']);
    scene.expect((await scene.store.listPools({ prefix: 'di' })).map(({ pool }) => pool)).toEqual(['disk']);
    scene.expect((await scene.store.listPools({ after: 'db' })).map(({ pool }) => pool)).toEqual(['disk']);
    scene.expect((await scene.store.listPools({ limit: 1 })).map(({ pool }) => pool)).toEqual(['db']);
  });

  claim('a run that has ended, or that never was, gets no slots', async (scene) => {
    const line = await Line.of(scene, 'a', 'b');
    await line.finish('a');
    for (const run of [line.number('a'), 77]) {
      await scene.expectRefused('TUTTI_STORE_FAILED', () => line.change(request(run, 'k')));
    }
    const bad = [{ slots: 0 }, { limit: -1 }];
    for (const parts of bad) {
      await scene.expectRefused('TUTTI_STORE_FAILED', () => line.ask('b', parts));
    }
    await scene.expectRefused('TUTTI_STORE_FAILED', () => line.limit(-1));
  });
}

function orderClaims(claim: Claim): void {
  claim('the higher priority goes first, and among equals who came first', async (scene) => {
    const line = await Line.of(scene, 'a', 'b', 'c', 'd', 'e');
    await line.ask('a', { limit: 1 });
    for (const id of ['b', 'c']) await line.ask(id, { limit: 1 });
    for (const id of ['d', 'e']) await line.ask(id, { limit: 1, priority: 5 });
    scene.expect(await line.state()).toEqual({ granted: 'a', waiting: 'debc' });
    const turns: string[] = [];
    for (let holder = 'a'; holder !== ''; holder = (await line.state()).granted) {
      turns.push(holder);
      await line.giveBack(holder);
    }
    scene.expect(turns.join('')).toBe('adebc');
  });

  claim('nobody overtakes the first in line, so that a large request does not starve', async (scene) => {
    const line = await Line.of(scene, 'a', 'b', 'c', 'd');
    await line.ask('a');
    scene.expect(await line.ask('b', { slots: 2 })).toBe('queued');
    scene.expect(await line.ask('c')).toBe('queued');
    scene.expect(await line.ask('d', { priority: 1 })).toBe('granted');
    await line.giveBack('d');
    scene.expect(await line.state()).toEqual({ granted: 'a', waiting: 'bc' });
    await line.giveBack('a');
    scene.expect(await line.state()).toEqual({ granted: 'b', waiting: 'c' });
  });

  claim('a request that the limit can never allow holds nobody up', async (scene) => {
    const line = await Line.of(scene, 'a', 'b', 'c');
    scene.expect(await line.ask('a', { slots: 3, priority: 9 })).toBe('queued');
    scene.expect(await line.ask('b')).toBe('granted');
    await line.ask('c', { slots: 2 });
    await line.giveBack('b');
    scene.expect(await line.state()).toEqual({ granted: 'c', waiting: 'a' });
    await line.giveBack('c');
    await line.limit(3);
    scene.expect(await line.state()).toEqual({ granted: 'a', waiting: '' });
  });
}

function limitClaims(claim: Claim): void {
  claim(
    'a limit that was set counts more than what requests bring, and a higher one grants',
    async (scene) => {
      const line = await Line.of(scene, 'a', 'b', 'c');
      await line.limit(1);
      for (const id of ['a', 'b', 'c']) await line.ask(id, { limit: 9 });
      scene.expect(await line.state()).toEqual({ granted: 'a', waiting: 'bc' });
      await scene.commit({ slots: [{ kind: 'limit', pool: 'db', limit: 2, at: startTime }] });
      scene.expect(await line.state()).toEqual({ granted: 'ab', waiting: 'c' });
      scene.expect(await line.messages('b')).toEqual(['slot k']);
      await line.limit(null);
      scene.expect(await line.state()).toEqual({ granted: 'abc', waiting: '' });
    },
  );

  claim('a lower limit takes nothing away, and grants nothing until enough was given back', async (scene) => {
    const line = await Line.of(scene, 'a', 'b', 'c');
    for (const id of ['a', 'b', 'c']) await line.ask(id);
    await line.limit(1);
    scene.expect(await line.state()).toEqual({ granted: 'ab', waiting: 'c' });
    await line.giveBack('a');
    scene.expect(await line.state()).toEqual({ granted: 'b', waiting: 'c' });
    await line.giveBack('b');
    scene.expect(await line.state()).toEqual({ granted: 'c', waiting: '' });
  });

  claim('a limit of 0 closes a pool, and the limit stays when the pool is empty', async (scene) => {
    const line = await Line.of(scene, 'a');
    await line.limit(0);
    scene.expect(await line.ask('a')).toBe('queued');
    await line.giveBack('a');
    await scene.reopen();
    scene.expect(await scene.store.listPools()).toEqual([{ pool: 'db', limit: 0, granted: 0, waiting: 0 }]);
  });
}

function releaseClaims(claim: Claim): void {
  claim('giving back grants to as many in line as fit, in the same commit', async (scene) => {
    const line = await Line.of(scene, 'a', 'b', 'c', 'd');
    await line.ask('a', { slots: 2 });
    for (const id of ['b', 'c', 'd']) await line.ask(id);
    await line.giveBack('a');
    scene.expect(await line.state()).toEqual({ granted: 'bc', waiting: 'd' });
    scene.expect(await line.messages('b')).toEqual(['slot k']);
    scene.expect(await line.messages('d')).toEqual([]);
  });

  claim('leaving the line lets those behind go on, and giving back twice does nothing', async (scene) => {
    const line = await Line.of(scene, 'a', 'b', 'c');
    await line.ask('a');
    await line.ask('b', { slots: 2 });
    await line.ask('c');
    await line.giveBack('b');
    await line.giveBack('b');
    scene.expect(await line.state()).toEqual({ granted: 'ac', waiting: '' });
  });

  claim('all news of a grant goes with it, however often it was told', async (scene) => {
    const line = await Line.of(scene, 'a');
    await line.ask('a', { limit: 1 });
    for (let told = 0; told < 2; told += 1) {
      await scene.send(send(line.number('a'), { kind: 'slot', name: 'k' }));
    }
    await line.giveBack('a');
    scene.expect(await line.messages('a')).toEqual([]);
  });

  claim('a grant that is given back before it was read leaves no message', async (scene) => {
    const line = await Line.of(scene, 'a', 'b');
    await line.ask('a', { limit: 1 });
    await line.ask('b', { limit: 1 });
    await line.giveBack('a');
    await line.giveBack('b');
    scene.expect(await line.messages('b')).toEqual([]);
    scene.expect(await scene.store.listPools()).toEqual([]);
  });

  claim('changes of one batch take effect in their order', async (scene) => {
    const line = await Line.of(scene, 'a', 'b');
    const [a, b] = [line.number('a'), line.number('b')];
    const outcomes = await line.change(
      request(a, 'k', { limit: 1 }),
      request(b, 'k', { limit: 1 }),
      release(a, 'k'),
      request(a, 'l', { limit: 1 }),
    );
    scene.expect(outcomes).toEqual(['granted', 'queued', 'done', 'queued']);
    scene.expect(await line.state()).toEqual({ granted: 'b', waiting: 'a' });
  });
}

function wakeClaims(claim: Claim): void {
  claim('a grant wakes the run, whatever worker made room', async (scene) => {
    const line = await Line.of(scene, 'a', 'b');
    await line.ask('a', { limit: 1 });
    await line.ask('b', { limit: 1 });
    const asleep = sleep(await scene.run(line.number('b')));
    await scene.commit({ worker: line.worker, runs: [asleep] });
    scene.expect(await scene.claimedIds(line.worker)).toEqual([]);
    await line.giveBack('a');
    const [claimed] = await scene.claim(await scene.worker());
    scene.expect(claimed).toMatchObject({ run: { id: 'b' }, inbox: [{ kind: 'slot', name: 'k' }] });
  });

  claim('a grant in the very commit that puts the run to sleep is not lost (S5)', async (scene) => {
    const line = await Line.of(scene, 'a', 'b');
    await line.ask('a', { limit: 1 });
    await line.ask('b', { limit: 1 });
    const [a, b] = [await scene.run(line.number('a')), await scene.run(line.number('b'))];
    await scene.commit({ worker: line.worker, runs: [sleep(b), finish(a)] });
    scene.expect((await scene.run(b.number)).wakeAt).toBe(0);
  });

  claim('a paused run in line is granted its slots and learns of it when it is resumed', async (scene) => {
    const line = await Line.of(scene, 'a', 'b');
    await line.ask('a', { limit: 1 });
    await line.ask('b', { limit: 1 });
    const paused = pause(await scene.run(line.number('b')));
    await scene.commit({ worker: line.worker, runs: [paused] });
    await line.giveBack('a');
    scene.expect((await scene.run(line.number('b'))).state).toBe('paused');
    await scene.send(send(line.number('b'), { kind: 'resume' }));
    scene.expect(await scene.claimedIds(line.worker)).toEqual(['b']);
    scene.expect(await line.state()).toEqual({ granted: 'b', waiting: '' });
  });

  claim('a run keeps its slots and its place in line when its worker dies', async (scene) => {
    const line = await Line.of(scene, 'a', 'b');
    await line.ask('a', { limit: 1 });
    await line.ask('b', { limit: 1 });
    await scene.store.declareDead(startTime + leaseMs + 1);
    await scene.claim(await scene.worker());
    scene.expect(await line.state()).toEqual({ granted: 'a', waiting: 'b' });
  });
}

function endClaims(claim: Claim): void {
  for (const state of ['completed', 'failed', 'canceled'] as const) {
    claim(`a ${state} run gives back all it held and leaves every line`, async (scene) => {
      const line = await Line.of(scene, 'a', 'b', 'c');
      await line.change(
        request(line.number('a'), 'k', { limit: 1 }),
        request(line.number('b'), 'k', { limit: 1 }),
        request(line.number('b'), 'l', { pool: 'disk', limit: 1 }),
        request(line.number('a'), 'm', { pool: 'disk', limit: 1 }),
        request(line.number('c'), 'k', { pool: 'disk', limit: 1 }),
      );
      const run = await scene.run(line.number('b'));
      await scene.commit({ worker: line.worker, runs: [finish(run, { state })] });
      scene.expect(await line.state()).toEqual({ granted: 'a', waiting: '' });
      scene.expect(await line.state('disk')).toEqual({ granted: 'a', waiting: 'c' });
      scene.expect(await line.messages('a')).toEqual(['slot m']);
    });
  }

  claim('what its end frees does not go to the same run', async (scene) => {
    const line = await Line.of(scene, 'a');
    const a = line.number('a');
    await line.change(request(a, 'k', { limit: 1 }), request(a, 'l', { limit: 1 }));
    await line.finish('a');
    scene.expect(await scene.store.listPools()).toEqual([]);
    scene.expect(await line.messages('a')).toEqual([]);
    scene.expect((await scene.store.prune({ endedBefore: startTime * 2, runsMax: 9 })).length).toBe(1);
  });

  claim('a run that only goes on keeps its slots', async (scene) => {
    const line = await Line.of(scene, 'a');
    await line.ask('a');
    await scene.commit({ worker: line.worker, runs: [change(await scene.run(line.number('a')))] });
    scene.expect(await line.state()).toEqual({ granted: 'a', waiting: '' });
  });
}
