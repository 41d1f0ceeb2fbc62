/**
 * The onboarding inside a program of your own, without the command line: takes all customers of customers.csv on board
 * and answers every administrator's question itself.
 *
 *   node --conditions=tutti-source examples/onboarding/main.ts [data directory]
 *
 * Kill it at any time and start it again: it goes on where it was.
 */
import { join, resolve } from 'node:path';
import { createTutti } from 'tutti';
import { openOnboarding, runIdOf, startOnboarding } from './open-onboarding.ts';

const data = resolve(process.argv[2] ?? '.tutti/onboarding-example');
const onboarding = await openOnboarding({ directory: data, surveyAfter: '1s' });
const tutti = await createTutti({ store: join(data, 'tutti.db'), definitions: [onboarding.workflow] });
await tutti.start();

for (const customer of onboarding.customers) await startOnboarding(tutti.client, customer);

const open = new Set(onboarding.customers.map(runIdOf));
while (open.size > 0) {
  for (const question of await tutti.client.listApprovals({ to: 'admins' })) {
    console.log(`${question.runId}: ${question.question} → approved`);
    await tutti.client.answerApproval(question.id, { approved: true }, 'the example');
  }
  for (const id of open) {
    const run = await tutti.client.waitForRun(id, { timeoutMs: 50 });
    if (run.endedAt === null) continue;
    open.delete(id);
    console.log(`${id}: ${run.state}`, run.output ?? run.error?.message);
  }
}

console.log(`tenants: ${onboarding.tenants.list().length} in ${onboarding.places.registry}`);
console.log(`databases: ${onboarding.databases.list().length} in ${onboarding.places.databases}`);
console.log(`mails: ${(await onboarding.mailbox?.list())?.length ?? 0} in ${onboarding.places.mails}`);
await tutti.stop();
await onboarding.stop();
