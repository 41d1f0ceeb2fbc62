import { startTime } from './builders.ts';
import { leaseMs, type Claim } from './scene.ts';

/** Registrations, leases, and the end of workers. */
export function workerClaims(claim: Claim): void {
  endClaims(claim);
  claim('a worker is listed with every field it registered with', async (scene) => {
    const first = await scene.worker({ name: 'höst:1', definitions: ['größen', 'a,b', '"'] });
    const second = await scene.worker({
      name: 'host:2',
      now: startTime + 1,
      leaseUntil: startTime + 2,
      definitions: [],
    });
    scene.expect(first > 0 && second > first).toBe(true);
    scene.expect(await scene.store.listWorkers()).toEqual([
      {
        number: first,
        name: 'höst:1',
        state: 'alive',
        startedAt: startTime,
        leaseUntil: startTime + leaseMs,
        definitions: ['größen', 'a,b', '"'],
      },
      {
        number: second,
        name: 'host:2',
        state: 'alive',
        startedAt: startTime + 1,
        leaseUntil: startTime + 2,
        definitions: [],
      },
    ]);
  });

  claim('one process that registers twice is two workers', async (scene) => {
    const [first, second] = [await scene.worker(), await scene.worker()];
    scene.expect(first === second).toBe(false);
  });

  claim('a renewed lease keeps the worker alive', async (scene) => {
    const worker = await scene.worker();
    scene.expect(await scene.store.renewLease(worker, startTime + 3 * leaseMs)).toBe(true);
    scene.expect(await scene.store.declareDead(startTime + 2 * leaseMs)).toEqual([]);
    scene.expect(await scene.store.listWorkers()).toMatchObject([{ leaseUntil: startTime + 3 * leaseMs }]);
  });

  claim('only workers whose lease ended before now are declared dead, and each once', async (scene) => {
    const { store, expect } = scene;
    const first = await scene.worker({ leaseUntil: startTime + 10 });
    const second = await scene.worker({ leaseUntil: startTime + 20 });
    const third = await scene.worker({ leaseUntil: startTime + 10 });
    expect(await store.declareDead(startTime + 10)).toEqual([]);
    expect(new Set(await store.declareDead(startTime + 11))).toEqual(new Set([first, third]));
    expect(await store.declareDead(startTime + 11)).toEqual([]);
    const states = (await store.listWorkers()).map((worker) => worker.state);
    expect(states).toEqual(['dead', 'alive', 'dead']);
    expect(await store.declareDead(startTime + 21)).toEqual([second]);
  });
}

function endClaims(claim: Claim): void {
  claim('a worker that was declared dead cannot renew its lease', async (scene) => {
    const worker = await scene.worker();
    await scene.store.declareDead(startTime + leaseMs + 1);
    scene.expect(await scene.store.renewLease(worker, startTime + 9 * leaseMs)).toBe(false);
    const expected = [{ state: 'dead', leaseUntil: startTime + leaseMs }];
    scene.expect(await scene.store.listWorkers()).toMatchObject(expected);
  });

  claim('a worker that said goodbye is stopped: it cannot renew and is not declared dead', async (scene) => {
    const worker = await scene.worker();
    await scene.store.retireWorker(worker);
    scene.expect(await scene.store.renewLease(worker, startTime + 9 * leaseMs)).toBe(false);
    scene.expect(await scene.store.declareDead(startTime + leaseMs + 1)).toEqual([]);
    scene.expect(await scene.store.listWorkers()).toMatchObject([{ state: 'stopped' }]);
  });

  claim('a dead worker that says goodbye stays dead', async (scene) => {
    const worker = await scene.worker();
    await scene.store.declareDead(startTime + leaseMs + 1);
    await scene.store.retireWorker(worker);
    scene.expect(await scene.store.listWorkers()).toMatchObject([{ state: 'dead' }]);
  });

  claim('a worker that never registered cannot renew', async (scene) => {
    scene.expect(await scene.store.renewLease(77, startTime)).toBe(false);
  });
}
