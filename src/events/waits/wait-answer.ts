import { encodeValue } from '../../base/codec.ts';
import { eventWaitCell, eventWaitSpace, type Engine } from '../../engine/index.ts';
import type { PublishedEvent } from '../model/event.ts';
import type { OpenWait } from './open-wait.ts';

/** An event found for a wait. */
export interface WaitAnswer {
  readonly wait: OpenWait;
  readonly event: PublishedEvent;
}

/**
 * Sends events to the runs that wait for them. The store accepts each only while the wait is open and unanswered, so sending
 * twice, or from two workers, gives one message.
 *
 * @throws TUTTI_STORE_*: none was sent.
 */
export async function sendAnswers(engine: Engine, answers: readonly WaitAnswer[]): Promise<void> {
  const { store, payloads, clock } = engine;
  const sends = [];
  for (const { wait, event } of answers) {
    const run = await store.getRun(wait.run);
    if (run === null) continue;
    const what = `the event "${event.type}" for run "${run.id}"`;
    const payload = await payloads.store(encodeValue(event, what), run.id, what);
    const { key } = wait;
    sends.push({
      run: wait.run,
      kind: 'event' as const,
      name: key,
      at: clock.now(),
      payload,
      onlyIfWaiting: key,
    });
  }
  const cells = answers.map(({ wait, event }) => ({
    space: eventWaitSpace,
    key: eventWaitCell(event, wait),
    value: null,
  }));
  await engine.change({ when: [], cells, starts: [], sends });
}
