import { join } from 'node:path';
import { createTutti } from 'tutti';
import { authorizationAt, type StreamPlan } from '../../examples/fraud/authorization.ts';
import { expectedOf } from '../../examples/fraud/expected.ts';
import { openFraud } from '../../examples/fraud/open-fraud.ts';
import { CardUsed } from '../../examples/fraud/topics.ts';
import { inDirectory, median, millisecondsOf, type Bench } from '../bench.ts';
import { BareLog } from './bare-log.ts';

const rounds = 3;
const plan: StreamPlan = { seed: 59, rate: 5_000, count: 20_000 };
/** What waits for a person is not counted: nobody is at the desk. */
const decidedByRules = [...expectedOf(plan).values()].filter(({ isReviewed }) => !isReviewed).length;
/** Events per authorization: used, scored, decided. */
const eventsEach = 3;
/** So many are in flight at a time. */
const inFlight = 1_000;

/** The example under full load: state per card, three topics, five consumers, a ledger outside. */
export const fraud: Bench = {
  name: 'fraud',
  summary: '20,000 card payments through the fraud example as fast as they go; payments decided per second',
  measure: async () => {
    const found: number[] = [];
    const floors: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const floor = await inDirectory(bareRound);
      const value = await inDirectory(exampleRound);
      if (round > 0) found.push(value);
      if (round > 0) floors.push(floor);
    }
    return [{ name: 'fraud', value: median(found), unit: 'payments/s', floor: median(floors) }];
  },
};

async function exampleRound(directory: string): Promise<number> {
  const example = openFraud(directory);
  const tutti = await createTutti({ store: join(directory, 'tutti.db'), definitions: example.definitions });
  await tutti.start();
  const ms = await millisecondsOf(async () => {
    for (let sent = 0; sent < plan.count; sent += inFlight) {
      const uses = Array.from({ length: inFlight }, (_, n) => authorizationAt(plan, sent + n, 0));
      await Promise.all(uses.map((use) => example.topics.authorizations.publish(CardUsed(use))));
    }
    while (example.ledger.count < decidedByRules) await new Promise((resolve) => setTimeout(resolve, 5));
  });
  await tutti.stop();
  example.close();
  return (plan.count * 1_000) / ms;
}

/** The same events written to three logs and read again. */
async function bareRound(directory: string): Promise<number> {
  const bare = new BareLog(join(directory, 'bare.db'));
  const ms = await millisecondsOf(() => {
    for (let sent = 0; sent < plan.count; sent += inFlight) {
      const uses = Array.from({ length: inFlight }, (_, n) => authorizationAt(plan, sent + n, 0));
      for (let topic = 0; topic < eventsEach; topic += 1) bare.append(uses);
    }
    bare.consume(() => undefined);
  });
  bare.close();
  return (plan.count * 1_000) / ms;
}
