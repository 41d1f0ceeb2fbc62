/** The process that `demo crash` kills: an engine with one onboarding. Speaks to its parent over Node's channel. */
import { join } from 'node:path';
import { createTutti } from '../../app/index.ts';
import { systemClock } from '../../base/clock.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { loadExample } from './onboarding-example.ts';
import { recordSteps } from './ledger.ts';
import type { ChildMessage, ChildTask } from './crash-messages.ts';

const task = JSON.parse(process.argv[2] ?? '{}') as ChildTask;
const tell = (message: ChildMessage): void => void process.send?.(message);
// Without its parent nobody would ever stop this process.
process.once('disconnect', () => process.exit(0));

const module = await loadExample();
const example = await module.openOnboarding({
  directory: task.directory,
  mailPort: task.mailPort,
  surveyAfter: task.surveyAfterMs,
});
const workflow = recordSteps(example.workflow, {
  file: task.ledger,
  clock: systemClock,
  afterEffect: async (step): Promise<void> => {
    if (step !== task.holdAfterEffectOf) return;
    tell({ type: 'held' });
    // Never settles: the effect is done, its result stays unrecorded, and the parent kills this process here.
    await new Promise<never>(() => undefined);
  },
});
const tutti = await createTutti({ store: join(task.directory, 'tutti.db'), definitions: [workflow] });
await tutti.start();
tell({ type: 'started' });

const customer = example.customers[0];
if (customer === undefined) throw new TuttiError('TUTTI_INPUT_INVALID', 'customers.csv holds no customer.');
await module.startOnboarding(tutti.client, customer);
const runId = module.runIdOf(customer);
// An answer that was accepted waits in the inbox until the run is claimed from the killed engine; it is given once.
let isAnswered = false;
for (;;) {
  const [question] = await tutti.client.listApprovals({ run: runId });
  if (question !== undefined && task.holdAtQuestion) tell({ type: 'held' });
  else if (question !== undefined && !isAnswered) {
    await tutti.client.answerApproval(question.id, { approved: true }, 'the demo');
    isAnswered = true;
  }
  const run = await tutti.client.waitForRun(runId, { timeoutMs: 50 });
  if (run.endedAt === null && run.state !== 'paused') continue;
  tell({
    type: 'ended',
    run: await tutti.client.showRun(runId),
    history: await tutti.client.readHistory(runId),
  });
  break;
}
await tutti.stop();
await example.stop();
process.disconnect();
