/** What must hold of waits for events, whatever died: compares what was told with what the store holds. */
import { createTutti, type Client, type EntryView, type PublishedEvent } from 'tutti';
import { createSqliteStore } from '../../src/stores/sqlite/index.ts';
import type { Store } from '../../src/engine/index.ts';
import { readTopicLog, type LoggedRecord } from '../read-topic-log.ts';
import type { WaitsFact, WaitsReport } from './waits-case.ts';
import { ordersOf, waiting, type Order } from './waits-orders.ts';

/** The answers of an order's waits: of each the event that the log says was the first to fit. */
type Answers = Readonly<Record<string, string | undefined>>;

/** All findings, one sentence each; none means that the case passed. */
export async function checkWaits(
  file: string,
  count: number,
  { facts, isThrough }: WaitsReport,
): Promise<readonly string[]> {
  const store = await createSqliteStore({ file });
  const { orders, settle } = waiting(() => undefined);
  const tutti = await createTutti({ store, definitions: [orders, settle] });
  const log = await readTopicLog(store, 'orders');
  const findings = [...(await store.integrityCheck()), ...checkPublished(log, facts)];
  if (!isThrough) findings.push('the processes stood still');
  const byKey = Map.groupBy(log, ({ key }) => key);
  for (const order of ordersOf(count)) {
    const answers = answersOf(byKey.get(order.id) ?? []);
    const found = await checkOrder({ client: tutti.client, store }, order, answers);
    const told = facts.filter((fact) => fact.type === 'given' && fact.order === order.id);
    findings.push(...[...found, ...checkGiven(told, answers)].map((text) => `${order.id}: ${text}`));
  }
  await tutti.stop();
  await store.close();
  return findings;
}

/** I1: what was acknowledged is where it was said to be, and nothing is there twice. */
function checkPublished(log: readonly LoggedRecord[], facts: readonly WaitsFact[]): readonly string[] {
  const places = Map.groupBy(log, ({ id }) => id);
  const findings = [...places].flatMap(([id, { length }]) => (length > 1 ? [`${id} is there twice`] : []));
  for (const fact of facts) {
    if (fact.type !== 'published') continue;
    const [place] = places.get(fact.id) ?? [];
    if (place?.partition !== fact.partition || place.offset !== fact.offset)
      findings.push(`${fact.id} is not where it was acknowledged`);
  }
  return findings;
}

/** Runs start before the events of their orders are published, and an order has one partition. */
function answersOf(records: readonly LoggedRecord[]): Answers {
  const idsOf = (type: string): readonly string[] =>
    records.filter((record) => record.type === type).map(({ id }) => id);
  const [paid, again] = idsOf('paid');
  const [[shipped], [refused], [canceled]] = [idsOf('shipped'), idsOf('refused'), idsOf('canceled')];
  return { paid, again, shipped, refused, canceled };
}

async function checkOrder(
  { client, store }: { readonly client: Client; readonly store: Store },
  { id, ending }: Order,
  answers: Answers,
): Promise<readonly string[]> {
  const record = await store.findRun(id);
  if (record === null) return ['its run is not there'];
  const findings: string[] = [];
  const run = await client.showRun(id);
  const waits = run.waits.filter(({ kind }) => kind === 'event').map(({ name }) => name);
  if (waits.length > 0) findings.push(`it still waits for ${waits.join(', ')}`);
  if (run.endedAt !== null && (await store.listInbox(record.number)).length > 0)
    findings.push('it has ended and still has messages');
  const history = await client.readHistory(id);
  const given = history.filter(({ kind, outcome }) => kind === 'event' && outcome === 'ok');
  findings.push(...checkJournal(given, answers));
  if (ending === 'canceled') {
    if (run.state !== 'canceled') findings.push(`it is ${run.state}, and was to be canceled`);
    const cancels = history.filter(({ kind }) => kind === 'cancel').map(({ value }) => JSON.stringify(value));
    if (cancels.length !== 1) findings.push(`it was canceled ${cancels.length} times`);
    if (!cancels.every((text) => text.includes(`canceled:${id} `)))
      findings.push(`it was canceled by another event: ${cancels.join()}`);
    return findings;
  }
  if (run.state !== 'completed' || run.output !== ending) {
    findings.push(`it is ${run.state} with ${JSON.stringify(run.output)}, and was to end by ${ending}`);
  }
  for (const wait of ['paid', 'again', ending])
    if (!given.some(({ name }) => name === wait)) findings.push(`its wait for ${wait} was not answered`);
  return findings;
}

function checkJournal(given: readonly EntryView[], answers: Answers): readonly string[] {
  const findings: string[] = [];
  for (const [name, { length }] of Map.groupBy(given, (entry) => entry.name))
    if (length > 1) findings.push(`its wait for ${name} was answered ${length} times`);
  for (const { name, value } of given) {
    const { id } = value as PublishedEvent;
    if (id !== answers[name])
      findings.push(`its wait for ${name} was answered by ${id}, not ${answers[name]}`);
  }
  return findings;
}

/** I3: code that came to this line again after a crash was given the same. */
function checkGiven(told: readonly WaitsFact[], answers: Answers): readonly string[] {
  return told.flatMap((fact) => {
    if (fact.type !== 'given' || fact.event === answers[fact.wait]) return [];
    return [`its code was given ${fact.event} for ${fact.wait}, not ${answers[fact.wait]}`];
  });
}
