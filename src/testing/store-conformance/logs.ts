import { logLevels, logLinesMax, type LogFilter } from '../../engine/index.ts';
import { finish, line, sleep, startTime } from './builders.ts';
import { leaseMs, type Claim, type Scene } from './scene.ts';

/** Logs: lines in their order, the newest of each run, and none that a replay only repeats. */
export function logClaims(claim: Claim): void {
  readingClaims(claim);
  repeatClaims(claim);
  boundClaims(claim);
}

async function texts(scene: Scene, run: number, filter: LogFilter = {}): Promise<string> {
  return (await scene.store.readLogs(run, filter)).map(({ text }) => text).join(',');
}

function readingClaims(claim: Claim): void {
  claim('lines are read as they were written, in their order, each run its own', async (scene) => {
    const worker = await scene.worker();
    const [a, b] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    const written = logLevels.map((level, index) =>
      line(a.number, `ü\n${index}`, { level, attempt: index, at: startTime + index, key: `k${index}` }),
    );
    await scene.commit({ worker, logs: [...written, line(b.number, 'other')] });
    const expected = written.map(({ run: _run, ...rest }, index) => ({ seq: index + 1, ...rest }));
    scene.expect(await scene.store.readLogs(a.number)).toEqual(expected);
    scene.expect(await texts(scene, b.number)).toBe('other');
    scene.expect(await scene.store.readLogs(77)).toEqual([]);
  });

  claim('a log is read page by page, of one step, of one attempt', async (scene) => {
    const worker = await scene.worker();
    const { number } = await scene.owned(worker, 'a');
    const lines = ['1', '2', '3', '4', '5', '6'].map((text, index) =>
      line(number, text, { key: index % 2 === 0 ? 'k' : 'l', attempt: 1 + (index % 3) }),
    );
    for (const one of lines) await scene.commit({ worker, logs: [one] });
    scene.expect(await texts(scene, number, { limit: 2 })).toBe('1,2');
    scene.expect(await texts(scene, number, { after: 2, limit: 2 })).toBe('3,4');
    scene.expect(await texts(scene, number, { after: 6 })).toBe('');
    scene.expect(await texts(scene, number, { key: 'l' })).toBe('2,4,6');
    scene.expect(await texts(scene, number, { attempt: 3 })).toBe('3,6');
    scene.expect(await texts(scene, number, { key: 'k', attempt: 3, after: 1 })).toBe('3');
  });

  claim('a log outlives the end of its run, and goes when the run is pruned', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.commit({ worker, logs: [line(run.number, 'last words')], runs: [finish(run)] });
    await scene.reopen();
    scene.expect(await texts(scene, run.number)).toBe('last words');
    await scene.store.prune({ endedBefore: startTime * 2, runsMax: 9 });
    scene.expect(await texts(scene, run.number)).toBe('');
  });

  claim('a line of a run that never was is refused', async (scene) => {
    const worker = await scene.worker();
    await scene.expectRefused('TUTTI_STORE_FAILED', () => scene.commit({ worker, logs: [line(77, 'x')] }));
  });
}

function repeatClaims(claim: Claim): void {
  claim("lines of the run's own code are kept once, however often a replay repeats them", async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const said = (text: string, ordinal: number) => line(run.number, text, { key: '', attempt: 0, ordinal });
    await scene.commit({ worker, logs: [said('one', 1), line(run.number, 'step'), said('two', 2)] });
    await scene.commit({ worker, logs: [said('one', 1), said('two', 2), said('three', 3)] });
    scene.expect(await texts(scene, run.number)).toBe('one,step,two,three');
    scene.expect((await scene.store.readLogs(run.number)).at(-1)?.seq).toBe(4);
  });

  claim('also by another worker, after the store was opened again', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const said = { key: '', attempt: 0, ordinal: 5 };
    await scene.commit({ worker, logs: [line(run.number, 'five', said)], runs: [sleep(run, { wakeAt: 0 })] });
    await scene.reopen();
    const next = await scene.worker({ leaseUntil: startTime + 2 * leaseMs });
    await scene.claim(next);
    const logs = [line(run.number, 'five', said), line(run.number, 'six', { ...said, ordinal: 6 })];
    await scene.commit({ worker: next, logs });
    scene.expect(await texts(scene, run.number)).toBe('five,six');
  });

  claim('the same line of an attempt is as new as it is written', async (scene) => {
    const worker = await scene.worker();
    const { number } = await scene.owned(worker, 'a');
    await scene.commit({ worker, logs: [line(number, 'tick'), line(number, 'tick')] });
    scene.expect(await texts(scene, number)).toBe('tick,tick');
  });
}

function boundClaims(claim: Claim): void {
  claim('beyond the limit the oldest lines go, and the positions tell how many', async (scene) => {
    const worker = await scene.worker();
    const [run, other] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    const logs = Array.from({ length: logLinesMax }, (_, index) => line(run.number, String(index + 1)));
    await scene.commit({ worker, logs: [line(other.number, 'kept'), ...logs] });
    scene.expect((await scene.store.readLogs(run.number, { limit: 1 }))[0]?.seq).toBe(1);
    await scene.commit({ worker, logs: [line(run.number, 'x'), line(run.number, 'y')] });
    const left = await scene.store.readLogs(run.number, { limit: 2 * logLinesMax });
    scene.expect([left.length, left[0]?.seq, left.at(-1)?.seq]).toEqual([logLinesMax, 3, logLinesMax + 2]);
    scene.expect(left[0]?.text).toBe('3');
    scene.expect(await texts(scene, other.number)).toBe('kept');
  });
}
