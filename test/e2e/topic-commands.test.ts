import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  ConsumerView,
  DeadLetter,
  DeadLetterGroup,
  PublishedEvent,
  RedriveReport,
  RedriveView,
  SeekReport,
  TopicView,
  TopologyView,
} from '../../src/events/index.ts';
import type { Finished } from './cli-process.ts';
import { ProjectDirectory, until } from './project-directory.ts';

/** Topics on the command line: over HTTP while an engine works, and on the file without one. */

let project: ProjectDirectory;

const flows = `
import { event, signal, topic, workflow } from 'tutti';
import { z } from 'zod';

export const Placed = event('order.placed', { schema: z.object({ id: z.string(), total: z.number() }) });
export const Flagged = event('order.flagged', { schema: z.object({ id: z.string() }) });

export const flags = topic('flags', { events: [Flagged] });
export const orders = topic('orders', {
  events: [Placed],
  key: (e) => { if (e.data.id === 'odd') throw new RangeError('odd'); return e.data.id; },
  dedupe: { within: '10m' },
  maxEventBytes: 1_000,
});

orders.subscribe('review', {
  from: 'oldest',
  filter: { data: { total: [{ numeric: ['>', 1000] }] } },
  emits: ['order.flagged'],
  handler: (e, ctx) => ctx.publish(flags, Flagged({ id: e.data.id })),
});
orders.subscribe('ship', {
  from: 'oldest',
  retry: { maximumAttempts: 1 },
  handler: (e) => { if (e.data.total < 0) throw new RangeError('total ' + e.data.total + ' is negative'); },
});

export const park = workflow('park', (ctx) => ctx.waitFor(signal('go')));
`;

beforeEach(() => {
  project = new ProjectDirectory('topics', { 'flows.ts': flows });
});

afterEach(async () => {
  await project.close();
});

const send = (...args: readonly string[]): Promise<Finished> =>
  project.tutti('events', 'send', 'orders', 'order.placed', ...args);

describe('topics on the command line', () => {
  it('are published to, read, explained and shown as a whole, over HTTP', async () => {
    await project.startEngine();
    expect((await send('{"id":"o1","total":12}', '--id', 'first')).stdout).toMatch(
      /^orders at 0:0 {2}first\n$/,
    );
    expect((await send('{"id":"o1","total":12}', '--id', 'first')).stdout).toContain('was there before');
    await send('{"id":"o2","total":5000}');
    const flagged = await until(
      () => project.json<readonly PublishedEvent[]>('topics', 'browse', 'flags'),
      (events) => events.length === 1,
    );
    expect(flagged[0]).toMatchObject({ type: 'order.flagged', data: { id: 'o2' }, hops: 1 });
    const tailed = await project.tutti(
      'events',
      'tail',
      'orders',
      '--from',
      'oldest',
      '-n',
      '2',
      '-o',
      'jsonl',
    );
    const [one, two] = tailed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as PublishedEvent);
    expect([one?.offset, two?.key]).toEqual([0, 'o2']);
    expect(flagged[0]).toMatchObject({ causationId: two?.id, correlationId: two?.correlationId });

    const explained = await project.tutti(
      'events',
      'explain',
      'orders',
      'order.placed',
      '{"id":"o3","total":1}',
    );
    expect(explained.stdout).toMatch(/review +not +data\.total is 1, expected/);
    expect(explained.stdout).toMatch(/ship +reached/);
    const topics = await project.json<readonly TopicView[]>('topics', 'list');
    expect(topics.map(({ name, count }) => [name, count])).toEqual([
      ['flags', 1],
      ['orders', 2],
    ]);
    expect((await project.tutti('topics', 'show', 'orders')).stdout).toContain(' dedupe   within 10m');
    const topology = await project.json<TopologyView>('topology');
    expect(topology).toMatchObject({ producers: ['tutti'], cycles: [] });
    expect(topology.edges).toContainEqual({
      from: 'orders/review',
      to: 'flags',
      types: ['order.flagged'],
      kind: 'declared',
    });
    expect(topology.edges).toContainEqual({
      from: 'orders',
      to: 'flags',
      types: ['order.flagged'],
      kind: 'observed',
    });
    expect((await project.tutti('topology')).stdout).toMatch(
      /-> orders\/review {2}active, behind none, handler {2}-> flags/,
    );
  });

  it('have dead letters that are grouped, shown, redriven and discarded', async () => {
    await project.startEngine();
    await send('{"id":"o1","total":-1}');
    await send('{"id":"o2","total":-2}');
    const groups = await until(
      () => project.json<readonly DeadLetterGroup[]>('dlq', 'list'),
      ([group]) => group?.count === 2,
    );
    expect(groups).toMatchObject([{ consumer: 'orders/ship', cause: 'RangeError: total -N is negative' }]);
    const letters = await project.json<readonly DeadLetter[]>('dlq', 'list', 'ship');
    expect(letters.map(({ key }) => key)).toEqual(['o1', 'o2']);
    const [first, second] = letters.map(({ id }) => id);
    expect((await project.tutti('dlq', 'show', 'ship', first ?? '')).stdout).toContain(
      'RangeError: total -1 is negative',
    );
    const filter = '{"data":{"id":["o2"]}}';
    const planned = await project.json<RedriveReport>(
      'dlq',
      'redrive',
      'ship',
      '--filter',
      filter,
      '--dry-run',
    );
    expect(planned).toMatchObject({ matched: 1, redriven: 0 });
    expect((await project.tutti('dlq', 'redrive', 'ship', first ?? '')).stdout).toContain('1 of 1 redriven');
    expect((await project.tutti('dlq', 'discard', 'ship')).exitCode).toBe(2);
    expect((await project.tutti('dlq', 'discard', 'ship', second ?? '')).stdout).toBe('1 discarded\n');
    expect((await project.tutti('dlq', 'show', 'ship', second ?? '')).exitCode).toBe(3);
  });

  it('have dead letters that a job redrives at a rate, until it is stopped', async () => {
    await project.startEngine();
    await send('{"id":"o1","total":-1}');
    await send('{"id":"o2","total":-2}');
    await until(
      () => project.json<readonly DeadLetterGroup[]>('dlq', 'list'),
      ([group]) => group?.count === 2,
    );
    const begun = await project.json<RedriveReport>('dlq', 'redrive', 'ship', '--rate', '1/h', '--by', 'ann');
    expect(begun).toMatchObject({ matched: 2, redriven: 0 });
    const id = begun.job ?? '';
    const view = await until(
      () => project.json<RedriveView>('redrive', 'show', id),
      ({ redriven, failedAgain }) => redriven === 1 && failedAgain === 1,
    );
    expect(view).toMatchObject({ by: 'ann', state: 'running', left: 1 });
    expect((await project.tutti('redrive', 'list')).stdout).toContain('1/2');
    expect((await project.tutti('redrive', 'stop', id)).stdout).toContain('stopped');
    expect((await project.tutti('redrive', 'show', 'no')).exitCode).toBe(3);
    expect((await project.tutti('dlq', 'redrive', 'ship', '--rate', 'fast')).exitCode).toBe(2);
  });

  it('have dead letters of replays apart from those of the live subscription', async () => {
    await project.startEngine();
    await send('{"id":"o1","total":-1}');
    const grouped = (count: number): Promise<readonly DeadLetterGroup[]> =>
      until(
        () => project.json<readonly DeadLetterGroup[]>('dlq', 'list'),
        (groups) => groups.length === count,
      );
    await grouped(1);
    await project.tutti('consumers', 'replay', 'ship', '--from', 'oldest', '--as', 'again');
    const [, { replay, example } = { replay: null, example: '' }] = await grouped(2);
    expect(replay).toBe('again');
    expect((await project.tutti('consumers', 'list')).stdout).toContain('again 0 (1 dead)');
    const ofReplay = ['--replay', 'again'];
    expect(await project.json<readonly DeadLetter[]>('dlq', 'list', 'ship', ...ofReplay)).toHaveLength(1);
    expect((await project.tutti('dlq', 'show', 'ship', example, ...ofReplay)).stdout).toContain(
      'the replay again',
    );
    expect((await project.tutti('dlq', 'discard', 'ship', ...ofReplay)).exitCode).toBe(2);
    expect((await project.tutti('dlq', 'discard', 'ship', '--all')).stdout).toBe('1 discarded\n');
    expect((await project.tutti('dlq', 'show', 'ship', example)).exitCode).toBe(3);
    const redriven = await project.json<RedriveReport>(
      'dlq',
      'redrive',
      'ship',
      ...ofReplay,
      '--rate',
      '1/s',
    );
    expect(redriven).toMatchObject({ matched: 1 });
    expect((await project.tutti('redrive', 'show', redriven.job ?? '')).stdout).toContain(
      'orders/ship, replay again',
    );
    await until(
      () => project.json<RedriveView>('redrive', 'show', redriven.job ?? ''),
      ({ failedAgain }) => failedAgain === 1,
    );
    expect((await project.tutti('dlq', 'list')).stdout).toContain('again');
  });

  it('are replayed under a side cursor that is seen until it is at its end', async () => {
    const engine = await project.startEngine();
    await send('{"id":"o1","total":1}');
    engine.process.kill('SIGKILL');
    await engine.finished;
    const range = ['--from', 'oldest', '--as', 'again'];
    expect((await project.tutti('consumers', 'replay', 'ship', ...range)).stdout).toContain(
      'as again, 1 left',
    );
    expect((await project.tutti('consumers', 'replay', 'ship', ...range)).stderr).toContain(
      'already being replayed',
    );
    expect((await project.tutti('consumers', 'replay', 'ship')).exitCode).toBe(2);
    expect((await project.tutti('consumers', 'list')).stdout).toContain('again 1');
    await project.startEngine();
    await until(
      () => project.json<readonly ConsumerView[]>('consumers', 'list'),
      (consumers) => consumers.every(({ replays }) => replays.length === 0),
    );
  });

  it('cancel a run that was started so, on the file and over HTTP', async () => {
    const start = (id: string, cancelOn: string): Promise<Finished> =>
      project.tutti('run', 'park', '--id', id, '--cancel-on', cancelOn);
    const state = async (id: string): Promise<string> =>
      (await project.json<{ readonly state: string }>('runs', 'show', id)).state;
    const engine = await project.startEngine();
    const pattern = (order: string): string => `orders/order.placed={"data": {"id": ["${order}"]}}`;
    expect((await start('one', pattern('o1'))).exitCode).toBe(0);
    engine.process.kill('SIGTERM');
    await engine.finished;
    expect((await start('two', pattern('o2'))).exitCode).toBe(0);
    expect((await start('three', 'orders/order.placd')).stderr).toContain('TUTTI_EVENT_UNKNOWN');
    await send('{"id":"o1","total":1}');
    await send('{"id":"o2","total":2}');
    await project.startEngine();
    for (const id of ['one', 'two'])
      await until(
        () => state(id),
        (now) => now === 'canceled',
      );
  });

  it('are read and steered on the file while no engine runs', async () => {
    const engine = await project.startEngine();
    await send('{"id":"o1","total":12}');
    await until(
      () => project.json<readonly ConsumerView[]>('consumers', 'list'),
      (consumers) => consumers.length === 2 && consumers.every(({ lag }) => lag === 0),
    );
    engine.process.kill('SIGTERM');
    await engine.finished;
    const sent = await send('{"id":"o2","total":13}');
    expect(sent.stderr).toContain('No engine is running');
    const consumers = await project.json<readonly ConsumerView[]>('consumers', 'list');
    expect(consumers.map(({ id, state, lag }) => [id, state, lag])).toEqual([
      ['orders/review', 'idle', 1],
      ['orders/ship', 'idle', 1],
    ]);
    const planned = await project.json<readonly SeekReport[]>(
      'consumers',
      'seek',
      'ship',
      'oldest',
      '--dry-run',
    );
    expect(planned).toEqual([{ partition: 0, from: 1, to: 0, parkedDropped: 0 }]);
    expect((await project.json<ConsumerView>('consumers', 'lag', 'ship')).partitions[0]?.position).toBe(1);
    await project.json('consumers', 'seek', 'ship', 'oldest');
    expect((await project.json<ConsumerView>('consumers', 'pause', 'ship')).state).toBe('paused');
    expect((await project.json<ConsumerView>('consumers', 'resume', 'ship')).lag).toBe(2);
  });
});

describe('bad input to topics', () => {
  const cases: readonly (readonly [what: string, args: readonly string[], exitCode: number, says: RegExp])[] =
    [
      ['an unknown topic', ['topics', 'show', 'oders'], 3, /TUTTI_TOPIC_NOT_FOUND.*|did you mean "orders"/s],
      ['an unknown consumer', ['consumers', 'lag', 'orders/shop'], 3, /did you mean "orders\/ship"/],
      [
        'an undeclared type',
        ['events', 'send', 'orders', 'order.place', '{}'],
        4,
        /did you mean "order.placed"/,
      ],
      [
        'data that fails its schema',
        ['events', 'send', 'orders', 'order.placed', '{"id":1}'],
        2,
        /TUTTI_INPUT_INVALID/,
      ],
      ['malformed JSON', ['events', 'send', 'orders', 'order.placed', '{'], 2, /TUTTI_JSON_MALFORMED/],
      [
        'a key that cannot be computed',
        ['events', 'send', 'orders', 'order.placed', '{"id":"odd","total":1}'],
        4,
        /key cannot be computed: RangeError: odd/,
      ],
      [
        'an event over the size limit',
        [
          'events',
          'send',
          'orders',
          'order.placed',
          `{"id":"${'x'.repeat(2_000)}","total":1}`,
          '--id',
          'big',
        ],
        4,
        /TUTTI_EVENT_TOO_LARGE/,
      ],
      ['a seek beyond the end', ['consumers', 'seek', 'ship', '99'], 4, /expected 0 to 0/],
      ['a position that is none', ['consumers', 'seek', 'ship', 'soon'], 2, /no position/],
      ['a partition that is none', ['topics', 'browse', 'orders', '-p', '7'], 4, /has no partition 7/],
      [
        'a pattern with an unknown operator',
        ['dlq', 'list', 'ship', '--filter', '{"data":{"total":[{"greater":1}]}}'],
        2,
        /TUTTI_PATTERN_INVALID/,
      ],
    ];

  it('is refused alike over HTTP and on the file, and nothing is published', async () => {
    const engine = await project.startEngine();
    const overHttp: string[] = [];
    for (const [what, args, exitCode, says] of cases) {
      const refused = await project.tutti(...args);
      expect([what, refused.exitCode]).toEqual([what, exitCode]);
      expect(refused.stderr).toMatch(says);
      overHttp.push(refused.stderr);
    }
    expect(await project.json('topics', 'browse', 'orders')).toEqual([]);
    engine.process.kill('SIGTERM');
    await engine.finished;
    for (const [index, [what, args, exitCode]] of cases.entries()) {
      const refused = await project.tutti(...args);
      expect([what, refused.exitCode, refused.stderr]).toEqual([what, exitCode, overHttp[index]]);
    }
  });

  it('is answered over HTTP with the status of its code', async () => {
    await project.startEngine('flows.ts', '--no-auth');
    const { url } = project.address;
    const statusOf = async (path: string, body?: object): Promise<readonly [number, unknown]> => {
      const init = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
      const response = await fetch(
        new URL(path, url),
        body === undefined ? {} : { ...init, body: JSON.stringify(body) },
      );
      expect(response.headers.get('Content-Type')).toContain('application/problem+json');
      return [response.status, ((await response.json()) as { readonly code: unknown }).code];
    };
    const send = (type: string, id: unknown): Promise<readonly [number, unknown]> =>
      statusOf('/v1/topics/orders/events', { type, data: { id, total: 1 } });
    expect(await send('order.place', 'a')).toEqual([400, 'TUTTI_EVENT_UNKNOWN']);
    expect(await send('order.placed', 1)).toEqual([422, 'TUTTI_INPUT_INVALID']);
    expect(await send('order.placed', 'odd')).toEqual([400, 'TUTTI_EVENT_INVALID']);
    expect(await send('order.placed', 'x'.repeat(2_000))).toEqual([413, 'TUTTI_EVENT_TOO_LARGE']);
    expect(await statusOf('/v1/topics/oders')).toEqual([404, 'TUTTI_TOPIC_NOT_FOUND']);
    expect(await statusOf('/v1/topics/orders/events?partition=7')).toEqual([
      416,
      'TUTTI_OFFSET_OUT_OF_RANGE',
    ]);
    expect(await statusOf('/v1/consumers/orders%2Fshop')).toEqual([404, 'TUTTI_SUBSCRIPTION_NOT_FOUND']);
    expect(await statusOf('/v1/consumers/ship/seek', { to: '99' })).toEqual([
      416,
      'TUTTI_OFFSET_OUT_OF_RANGE',
    ]);
  });
});
