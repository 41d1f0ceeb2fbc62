import { messageKinds, neverWakes, type RunRecord, type WorkerNumber } from '../../engine/index.ts';
import { change, entry, finish, pause, runStart, send, sleep, startTime, wait } from './builders.ts';
import { only, type Claim, type Scene } from './scene.ts';

/** Inboxes: whom a message reaches, whom it wakes, and when it is gone. */
export function messageClaims(claim: Claim): void {
  outcomeClaims(claim);
  conditionClaims(claim);
  wakeClaims(claim);
  pauseClaims(claim);
  unseenClaims(claim);
  inboxClaims(claim);
}

/** A run that its owner has put to sleep and given away, until a message comes. */
async function asleep(scene: Scene, worker: WorkerNumber, id: string): Promise<RunRecord> {
  const run = await scene.owned(worker, id);
  await scene.commit({ worker, runs: [sleep(run)] });
  return scene.run(run.number);
}

async function paused(scene: Scene, worker: WorkerNumber, id: string): Promise<RunRecord> {
  const run = await scene.owned(worker, id);
  await scene.commit({ worker, runs: [pause(run, { result: '{"error":"why"}' })] });
  return scene.run(run.number);
}

function outcomeClaims(claim: Claim): void {
  claim('an accepted message lies in the inbox with every field it was given', async (scene) => {
    const run = await scene.pending('a');
    const payloads = [null, '"ünï 🎶"', '@a/ref', new Uint8Array([0, 255])];
    const sends = messageKinds.map((kind, index) =>
      send(run.number, {
        kind,
        name: `näme ${index}`,
        at: startTime + index,
        payload: payloads[index % 4] ?? null,
      }),
    );
    const results = await scene.send(...sends);
    scene.expect(results.map((result) => result.outcome)).toEqual(sends.map(() => 'accepted'));
    const expected = sends.map((sent, index) => ({ ...sent, id: results[index]?.id }));
    scene.expect(await scene.store.listInbox(run.number)).toEqual(expected);
  });

  claim(
    'each message gets its own outcome, and a refused one does not fail the others (S3)',
    async (scene) => {
      const worker = await scene.worker();
      const [open, done] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
      await scene.commit({ worker, runs: [finish(done)] });
      const results = await scene.send(
        send(done.number),
        send(77),
        send(open.number, { onlyIfWaiting: 'k' }),
        send(open.number),
      );
      const accepted = results[3]?.id ?? 0;
      scene.expect(accepted > 0).toBe(true);
      scene.expect(results).toEqual([
        { outcome: 'finished', id: 0 },
        { outcome: 'unknown', id: 0 },
        { outcome: 'closed', id: 0 },
        { outcome: 'accepted', id: accepted },
      ]);
      scene.expect(await scene.store.listInbox(done.number)).toEqual([]);
      scene.expect(await scene.store.listInbox(77)).toEqual([]);
    },
  );

  claim('a finished run answers finished, whatever the message asks for', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.commit({
      worker,
      waits: [wait(run.number, 'k')],
      runs: [finish(run, { state: 'canceled' })],
    });
    const results = await scene.send(
      send(run.number, { kind: 'cancel' }),
      send(run.number, { kind: 'resume' }),
      send(run.number, { onlyIfWaiting: 'k' }),
    );
    scene.expect(results.map((result) => result.outcome)).toEqual(['finished', 'finished', 'finished']);
  });

  claim('message ids grow over all runs, also when all inboxes were empty in between', async (scene) => {
    const worker = await scene.worker();
    const [a, b] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    const [first, second] = await scene.send(send(a.number), send(b.number));
    await scene.commit({ worker, consumed: [first?.id ?? 0], runs: [finish(b)] });
    const third = only(await scene.send(send(a.number)));
    scene.expect((second?.id ?? 0) > (first?.id ?? 0) && third.id > (second?.id ?? 0)).toBe(true);
  });
}

function conditionClaims(claim: Claim): void {
  claim('an answer is accepted while its wait is open, and only once', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const key = '/approval:verify#0';
    const answer = send(run.number, { kind: 'answer', name: key, onlyIfWaiting: key });
    scene.expect(only(await scene.send(answer)).outcome).toBe('closed');
    await scene.commit({ worker, waits: [wait(run.number, key, { kind: 'approval' })], runs: [sleep(run)] });
    const results = await scene.send({ ...answer, payload: '1' }, { ...answer, payload: '2' });
    scene.expect(results.map((result) => result.outcome)).toEqual(['accepted', 'closed']);
    scene.expect(only(await scene.send(answer)).outcome).toBe('closed');
    scene.expect(await scene.store.listInbox(run.number)).toMatchObject([{ payload: '1' }]);
  });

  claim('an answer is refused once its wait is over', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.commit({ worker, waits: [wait(run.number, 'k')] });
    await scene.commit({ worker, endedWaits: [{ run: run.number, key: 'k' }] });
    scene.expect(only(await scene.send(send(run.number, { onlyIfWaiting: 'k' }))).outcome).toBe('closed');
  });

  claim('only a message of the same kind, name and run counts as the earlier answer', async (scene) => {
    const worker = await scene.worker();
    const [run, other] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    await scene.commit({ worker, waits: [wait(run.number, 'k'), wait(other.number, 'k')] });
    const answer = send(run.number, { kind: 'answer', name: 'k', onlyIfWaiting: 'k' });
    const results = await scene.send(
      send(run.number, { kind: 'signal', name: 'k' }),
      send(run.number, { kind: 'answer', name: 'l' }),
      { ...answer, run: other.number },
      answer,
    );
    scene.expect(results.map((result) => result.outcome)).toEqual(Array(4).fill('accepted'));
  });

  claim('an answer sees the waits and the inbox as they were before its own batch', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const answer = send(run.number, { kind: 'answer', name: 'k', onlyIfWaiting: 'k' });
    const opening = await scene.commit({ worker, sends: [answer], waits: [wait(run.number, 'k')] });
    scene.expect(opening.sends).toEqual([{ outcome: 'closed', id: 0 }]);
    const ending = await scene.commit({
      worker,
      sends: [answer],
      endedWaits: [{ run: run.number, key: 'k' }],
    });
    scene.expect(only(ending.sends).outcome).toBe('accepted');
  });
}

function wakeClaims(claim: Claim): void {
  claim('a message makes a sleeping run claimable at once', async (scene) => {
    const worker = await scene.worker();
    const run = await asleep(scene, worker, 'a');
    scene.expect(await scene.claimedIds(worker)).toEqual([]);
    await scene.send(send(run.number));
    scene.expect(await scene.run(run.number)).toMatchObject({ state: 'waiting', wakeAt: 0 });
    scene.expect(await scene.claimedIds(worker)).toEqual(['a']);
  });

  claim('every kind of message wakes', async (scene) => {
    const worker = await scene.worker();
    for (const kind of messageKinds) {
      const run = await asleep(scene, worker, kind);
      await scene.send(send(run.number, { kind }));
      scene.expect(await scene.claimedIds(worker)).toEqual([kind]);
    }
  });

  claim(
    'a run that was to begin later begins at once when it is told to go on or to cancel',
    async (scene) => {
      for (const kind of ['cancel', 'resume'] as const) {
        const run = await scene.pending(kind, { wakeAt: startTime + 1000 });
        await scene.send(send(run.number, { kind }));
        scene.expect(await scene.claimedIds(await scene.worker())).toEqual([kind]);
      }
    },
  );

  claim('any other message to a run that is to begin later lies in its inbox until then', async (scene) => {
    const run = await scene.pending('a', { wakeAt: startTime + 1000 });
    await scene.send(send(run.number, { kind: 'signal' }));
    scene.expect(await scene.run(run.number)).toEqual(run);
    scene.expect((await scene.store.listInbox(run.number)).length).toBe(1);
  });

  claim('a refused message wakes nobody', async (scene) => {
    const worker = await scene.worker();
    const run = await asleep(scene, worker, 'a');
    await scene.send(send(run.number, { onlyIfWaiting: 'k' }));
    scene.expect(await scene.run(run.number)).toEqual(run);
  });

  claim('a run can send to itself in the batch that puts it to sleep, and wakes', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.commit({ worker, sends: [send(run.number)], runs: [sleep(run)] });
    scene.expect(await scene.claimedIds(worker)).toEqual(['a']);
  });
}

function pauseClaims(claim: Claim): void {
  claim('a message to a paused run lies in its inbox and leaves it paused', async (scene) => {
    const worker = await scene.worker();
    const run = await paused(scene, worker, 'a');
    const others = messageKinds.filter((kind) => kind !== 'resume' && kind !== 'cancel');
    const results = await scene.send(...others.map((kind) => send(run.number, { kind })));
    scene.expect(results.map((result) => result.outcome)).toEqual(others.map(() => 'accepted'));
    scene.expect(await scene.run(run.number)).toEqual(run);
    scene.expect(await scene.claimedIds(worker)).toEqual([]);
  });

  for (const kind of ['resume', 'cancel'] as const) {
    claim(
      `${kind} puts a paused run back to waiting, claimable at once, with what lay in its inbox`,
      async (scene) => {
        const worker = await scene.worker();
        const run = await paused(scene, worker, 'a');
        await scene.send(send(run.number));
        await scene.send(send(run.number, { kind, at: startTime + 99 }));
        scene.expect(await scene.run(run.number)).toEqual({
          ...run,
          state: 'waiting',
          wakeAt: 0,
          updatedAt: startTime + 99,
        });
        const claimed = only(await scene.claim(worker));
        scene.expect(claimed.inbox.map((message) => message.kind)).toEqual(['signal', kind]);
      },
    );
  }
}

function unseenClaims(claim: Claim): void {
  claim('a message accepted while its run is being put to sleep wakes it (S5)', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const seen = only(await scene.send(send(run.number)));
    await scene.send(send(run.number));
    await scene.commit({ worker, runs: [sleep(run, { seenMessage: seen.id, wakeAt: startTime + 1000 })] });
    scene.expect(await scene.run(run.number)).toMatchObject({ state: 'waiting', wakeAt: 0 });
    scene.expect(await scene.claimedIds(worker)).toEqual(['a']);
  });

  claim(
    'a message that the owner has seen does not wake its run, though it still lies in the inbox',
    async (scene) => {
      const worker = await scene.worker();
      const run = await scene.owned(worker, 'a');
      const seen = only(await scene.send(send(run.number)));
      await scene.commit({ worker, runs: [sleep(run, { seenMessage: seen.id })] });
      scene.expect(await scene.run(run.number)).toMatchObject({ state: 'waiting', wakeAt: neverWakes });
      scene.expect((await scene.store.listInbox(run.number)).length).toBe(1);
    },
  );

  claim('a message that the same batch consumes does not wake its run', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const message = only(await scene.send(send(run.number)));
    await scene.commit({ worker, consumed: [message.id], runs: [sleep(run)] });
    scene.expect((await scene.run(run.number)).wakeAt).toBe(neverWakes);
  });

  claim("another run's new message does not wake this one", async (scene) => {
    const worker = await scene.worker();
    const [run, other] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    await scene.send(send(other.number));
    await scene.commit({ worker, runs: [sleep(run)] });
    scene.expect((await scene.run(run.number)).wakeAt).toBe(neverWakes);
  });

  for (const kind of ['resume', 'cancel'] as const) {
    claim(`a ${kind} accepted while its run is being paused ends the pause (S5)`, async (scene) => {
      const worker = await scene.worker();
      const run = await scene.owned(worker, 'a');
      const asked = only(await scene.send(send(run.number, { kind: 'pause' })));
      await scene.send(send(run.number, { kind }));
      await scene.commit({ worker, consumed: [asked.id], runs: [pause(run, { seenMessage: asked.id })] });
      scene.expect(await scene.run(run.number)).toMatchObject({ state: 'waiting', wakeAt: 0 });
      scene.expect(await scene.claimedIds(worker)).toEqual(['a']);
    });
  }

  claim('any other message accepted while its run is being paused leaves it paused', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.send(send(run.number));
    await scene.commit({ worker, runs: [pause(run)] });
    scene.expect((await scene.run(run.number)).state).toBe('paused');
    scene.expect(await scene.claimedIds(worker)).toEqual([]);
  });
}

function inboxClaims(claim: Claim): void {
  claim('only consumed messages leave the inbox; the others keep their order', async (scene) => {
    const worker = await scene.worker();
    const [run, other] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    const [first, second, third] = await scene.send(send(run.number), send(run.number), send(run.number));
    await scene.send(send(other.number));
    await scene.commit({ worker, entries: [entry(run.number, 0)], consumed: [second?.id ?? 0] });
    const left = (await scene.store.listInbox(run.number)).map((message) => message.id);
    scene.expect(left).toEqual([first?.id, third?.id]);
    scene.expect((await scene.store.listInbox(other.number)).length).toBe(1);
  });

  claim('the end of a run empties its inbox and no other, unseen messages included', async (scene) => {
    const worker = await scene.worker();
    const [run, other] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    await scene.send(send(run.number), send(other.number));
    await scene.commit({ worker, sends: [send(run.number)], runs: [finish(run)] });
    scene.expect(await scene.store.listInbox(run.number)).toEqual([]);
    scene.expect((await scene.store.listInbox(other.number)).length).toBe(1);
    scene.expect((await scene.run(run.number)).wakeAt).toBe(null);
  });

  claim('the end of a child and the message to its parent commit together', async (scene) => {
    const worker = await scene.worker();
    const parent = await asleep(scene, worker, 'parent');
    const child = await scene.owned(worker, 'child', { parent: { run: parent.number, operation: 'k' } });
    await scene.commit({
      worker,
      sends: [send(parent.number, { kind: 'child', name: 'k' })],
      runs: [finish(child)],
    });
    const claimed = only(await scene.claim(worker));
    scene.expect(claimed.run.id).toBe('parent');
    scene.expect(claimed.inbox).toMatchObject([{ kind: 'child', name: 'k' }]);
  });

  claim('a worker hears of new messages to its own runs only, oldest first and in pages', async (scene) => {
    const [worker, stranger] = [await scene.worker(), await scene.worker()];
    const [a, b] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    const foreign = await scene.owned(stranger, 'c');
    const sleeping = await asleep(scene, worker, 'd');
    const targets = [b, foreign, a, sleeping, b];
    const results = await scene.send(...targets.map((run) => send(run.number)));
    const ids = results.map((result) => result.id);
    const hear = async (after: number, limit: number): Promise<readonly number[]> =>
      (await scene.store.newMessages(worker, after, limit)).map((message) => message.id);
    scene.expect(await hear(0, 10)).toEqual([ids[0], ids[2], ids[4]]);
    scene.expect(await hear(0, 2)).toEqual([ids[0], ids[2]]);
    scene.expect(await hear(ids[2] ?? 0, 2)).toEqual([ids[4]]);
    scene.expect(await hear(ids[4] ?? 0, 2)).toEqual([]);
    scene
      .expect(await scene.store.newMessages(stranger, 0, 10))
      .toMatchObject([{ id: ids[1], run: foreign.number }]);
  });

  claim('a live waiting run keeps its owner, who hears of its messages', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.commit({ worker, runs: [change(run, { state: 'waiting', wakeAt: neverWakes })] });
    await scene.commit({ sends: [send(run.number)], starts: [runStart({ id: 'b', wakeAt: neverWakes })] });
    scene.expect((await scene.store.newMessages(worker, 0, 10)).length).toBe(1);
    scene.expect(await scene.claimedIds(await scene.worker())).toEqual([]);
  });
}
