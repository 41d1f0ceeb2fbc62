/** Archives on the command line: over HTTP while an engine works, and on the file without one. */
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTutti, event, topic, type Client } from 'tutti';
import { writeArchive } from '../../src/cli/archive/write-archive.ts';
import type { TopicView } from '../../src/events/index.ts';
import { ProjectDirectory } from './project-directory.ts';

const count = 400;
const keys = 9;
let project: ProjectDirectory;

const flows = `
import { event, topic } from 'tutti';
import { z } from 'zod';

export const Placed = event('order.placed', { schema: z.object({ id: z.string(), n: z.number() }) });
export const orders = topic('orders', { events: [Placed], partitions: 2, key: (e) => e.data.id });
export const copies = topic('copies', { events: [Placed], partitions: 3 });
`;

beforeEach(async () => {
  project = new ProjectDirectory('archive', { 'flows.ts': flows });
  await project.stopEngine(await project.startEngine());
  await withStore(async (_client, orders) => {
    const events = Array.from({ length: count }, (_, n) =>
      Placed({ id: `k${n % keys}`, n }, { id: `e${n}` }),
    );
    await orders.publishAll(events);
  });
});

afterEach(async () => {
  await project.close();
});

const Placed = event<'order.placed', { readonly id: string; readonly n: number }>('order.placed');
type Orders = ReturnType<typeof ordersTopic>;

// oxlint-disable-next-line typescript/explicit-function-return-type -- its type is what the tests use
function ordersTopic() {
  return topic('orders', { events: [Placed], partitions: 2, key: (e) => e.data.id });
}

/** The store of the project.path, beside whatever commands are at work on it. */
async function withStore<T>(use: (client: Client, orders: Orders) => Promise<T>): Promise<T> {
  const orders = ordersTopic();
  const copies = topic('copies', { events: [Placed], partitions: 3 });
  const tutti = await createTutti({ store: project.file('.tutti/tutti.db'), definitions: [orders, copies] });
  try {
    return await use(tutti.client, orders);
  } finally {
    await tutti.stop();
  }
}

/** The numbers of the copied orders by key, in the order of their partition. */
async function copiedNumbers(): Promise<ReadonlyMap<string | null, readonly number[]>> {
  return withStore(async (client) => {
    const pages = await Promise.all(
      [0, 1, 2].map((partition) => client.readEvents('copies', { partition, limit: 1_000 })),
    );
    const byKey = Map.groupBy(
      pages.flatMap(({ events }) => events),
      ({ key }) => key,
    );
    return new Map(
      [...byKey].map(([key, events]) => [key, events.map(({ data }) => (data as { n: number }).n)]),
    );
  });
}

/** What was published, times times: each key's numbers, rising. */
function expectCopied(copied: ReadonlyMap<string | null, readonly number[]>): void {
  expect(copied.size).toBe(keys);
  for (const [key, numbers] of copied) {
    const first = Number(key?.slice(1));
    expect(numbers).toEqual(
      Array.from({ length: Math.ceil((count - first) / keys) }, (_, n) => first + n * keys),
    );
  }
}

describe('archives', () => {
  it('are exported plain, with gzip and with Zstandard, over HTTP and on the file alike', async () => {
    const engine = await project.startEngine();
    const report = await project.json('topics', 'export', 'orders', '--out', 'orders.jsonl');
    const { size } = statSync(project.file('orders.jsonl'));
    expect(report).toMatchObject({ topic: 'orders', events: count, unreadable: [], bytes: size });
    await project.stopEngine(engine);
    await project.json('topics', 'export', 'orders', '--out', 'orders.jsonl.gz', '--from', '1h');
    await project.json('topics', 'export', 'orders', '--out', 'orders.jsonl.zst', '--to', 'tip');
    const plain = readFileSync(project.file('orders.jsonl'), 'utf8');
    expect(plain.split('\n')).toHaveLength(count + 1);
    expect(gunzipSync(readFileSync(project.file('orders.jsonl.gz'))).toString()).toBe(plain);
    expect(zstdDecompressSync(readFileSync(project.file('orders.jsonl.zst'))).toString()).toBe(plain);
    const some = await project.tutti(
      'topics',
      'export',
      'orders',
      '-k',
      'k1',
      '-k',
      'k2',
      '--out',
      'some.jsonl',
    );
    expect(some.stdout).toMatch(/some\.jsonl {2}90 events/);
    expect(
      (
        await project.json<{ events: number }>(
          'topics',
          'export',
          'orders',
          '-t',
          'other',
          '--out',
          'none.jsonl',
        )
      ).events,
    ).toBe(0);
    expect(readdirSync(project.path).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it.each(['orders.jsonl.gz', 'orders.jsonl.zst'])('of %s are imported on the file, once', async (name) => {
    await project.tutti('topics', 'export', 'orders', '--out', name);
    const planned = await project.tutti('topics', 'import', 'copies', name, '--dry-run');
    expect(planned.stderr).toContain('Nothing was published.');
    expect((await project.json<TopicView>('topics', 'show', 'copies')).count).toBe(0);
    const [report] = await project.json<readonly object[]>('topics', 'import', 'copies', name);
    expect(report).toMatchObject({
      file: name,
      lines: count,
      events: count,
      duplicates: 0,
      badLines: 0,
      isComplete: true,
    });
    const again = await project.tutti('topics', 'import', 'copies', name);
    expect(again.stderr).toContain('was imported before');
    expectCopied(await copiedNumbers());
  });

  it('are imported over HTTP, and a plain copy of a compressed file is the same archive', async () => {
    await project.tutti('topics', 'export', 'orders', '--out', 'orders.jsonl.zst');
    writeFileSync(
      project.file('plain.jsonl'),
      zstdDecompressSync(readFileSync(project.file('orders.jsonl.zst'))),
    );
    await project.startEngine();
    const reports = await project.json<readonly object[]>(
      'topics',
      'import',
      'copies',
      'orders.jsonl.zst',
      'plain.jsonl',
    );
    expect(reports).toMatchObject([{ events: count }, { events: 0, doneBefore: count }]);
    expectCopied(await copiedNumbers());
  });

  it('are imported once though the import is killed on the way, again and again', async () => {
    await project.tutti('topics', 'export', 'orders', '--out', 'orders.jsonl');
    await withStore(async (client) => {
      for (const enough of [1, 130, 290]) {
        const command = project.begin('topics', 'import', 'copies', 'orders.jsonl', '--rate', '400/s');
        await expect
          .poll(async () => (await client.showTopic('copies')).count, { interval: 5, timeout: 30_000 })
          .toBeGreaterThanOrEqual(enough);
        command.process.kill('SIGKILL');
        await command.finished;
      }
      expect((await client.showTopic('copies')).count).toBeLessThan(count);
    });
    const [report] = await project.json<readonly { doneBefore: number }[]>(
      'topics',
      'import',
      'copies',
      'orders.jsonl',
    );
    expect(report?.doneBefore).toBeGreaterThanOrEqual(290);
    expectCopied(await copiedNumbers());
  });
});

describe('an archive that is not finished', () => {
  it('has no file of its name, and a failed one leaves nothing behind', async () => {
    const path = project.file('cut.jsonl');
    const seen: boolean[] = [];
    async function* text(): AsyncGenerator<string> {
      yield 'line\n';
      seen.push(existsSync(path));
      throw new RangeError('the engine went away');
    }
    const target = { path, id: 'one', mayReplace: false, signal: new AbortController().signal };
    await expect(writeArchive(text(), target)).rejects.toThrow('the engine went away');
    expect(seen).toEqual([false]);
    expect(readdirSync(project.path).filter((name) => name.startsWith('cut'))).toEqual([]);
  });
});

describe('bad input to archives', () => {
  it('is refused by the line, and nothing is published; with --skip-bad the rest is', async () => {
    await project.tutti('topics', 'export', 'orders', '--out', 'orders.jsonl');
    const lines = readFileSync(project.file('orders.jsonl'), 'utf8').split('\n');
    lines[4] = '{"specversion"';
    lines[9] = (lines[9] ?? '').replace('"order.placed"', '"order.place"');
    writeFileSync(project.file('bad.jsonl'), lines.join('\n'));
    const refused = await project.tutti('topics', 'import', 'copies', 'orders.jsonl', 'bad.jsonl');
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toContain('bad.jsonl:5 TUTTI_EVENT_INVALID');
    expect(refused.stderr).toContain('bad.jsonl:10 TUTTI_EVENT_UNKNOWN');
    expect(refused.stderr).toContain('2 lines cannot be published');
    expect((await project.json<TopicView>('topics', 'show', 'copies')).count).toBe(0);
    const skipping = ['topics', 'import', 'copies', 'bad.jsonl', '--skip-bad', 'skipped.jsonl'];
    const [report] = JSON.parse((await project.tutti(...skipping, '-o', 'json')).stdout) as readonly object[];
    expect(report).toMatchObject({ lines: count, events: count - 2, badLines: 2 });
    const skipped = readFileSync(project.file('skipped.jsonl'), 'utf8').trim().split('\n');
    expect(skipped.map((line) => JSON.parse(line) as object)).toMatchObject([
      { file: 'bad.jsonl', line: 5, code: 'TUTTI_EVENT_INVALID', text: '{"specversion"' },
      { file: 'bad.jsonl', line: 10, code: 'TUTTI_EVENT_UNKNOWN' },
    ]);
    expect((await project.tutti(...skipping)).exitCode).toBe(0);
    const clobbering = await project.tutti(
      'topics',
      'import',
      'copies',
      'bad.jsonl',
      '--skip-bad',
      'orders.jsonl',
    );
    expect([clobbering.exitCode, readFileSync(project.file('orders.jsonl'), 'utf8').length > 1_000]).toEqual([
      2,
      true,
    ]);
  });

  it('such as a damaged file, a missing one, or one that is in the way is told', async () => {
    await project.tutti('topics', 'export', 'orders', '--out', 'orders.jsonl.gz');
    await project.tutti('topics', 'export', 'orders', '--out', 'orders.jsonl.zst');
    for (const name of ['orders.jsonl.gz', 'orders.jsonl.zst']) {
      truncateSync(project.file(name), statSync(project.file(name)).size - 20);
      const refused = await project.tutti('topics', 'import', 'copies', name);
      expect([name, refused.exitCode, refused.stderr]).toEqual([
        name,
        4,
        expect.stringContaining('TUTTI_ARCHIVE_DAMAGED'),
      ]);
    }
    expect((await project.json<TopicView>('topics', 'show', 'copies')).count).toBe(0);
    const cases: readonly (readonly [exitCode: number, says: string, ...args: readonly string[]])[] = [
      [2, 'cannot be read', 'import', 'copies', 'none.jsonl'],
      [3, 'did you mean "copies"', 'import', 'copie', 'flows.ts'],
      [2, 'The rate', 'import', 'copies', 'flows.ts', '--rate', 'fast'],
      [2, '--as', 'import', 'copies', 'flows.ts', '--as', 'a/b'],
      [2, 'is there already', 'export', 'orders', '--out', 'orders.jsonl.gz'],
      [2, 'cannot be written', 'export', 'orders', '--out', 'no/where.jsonl'],
      [2, '--out', 'export', 'orders'],
      [2, 'no position', 'export', 'orders', '--out', 'x.jsonl', '--from', 'soon'],
      [2, 'offsets of its own', 'export', 'orders', '--out', 'x.jsonl', '--from', '3'],
      [4, 'expected 0 to', 'export', 'orders', '--out', 'x.jsonl', '-p', '0', '--from', '9999'],
    ];
    for (const [exitCode, says, ...args] of cases) {
      const refused = await project.tutti('topics', ...args);
      expect([args, refused.exitCode, refused.stderr]).toEqual([
        args,
        exitCode,
        expect.stringContaining(says),
      ]);
    }
    expect(existsSync(project.file('x.jsonl'))).toBe(false);
    const replaced = await project.tutti('topics', 'export', 'orders', '--out', 'orders.jsonl.gz', '--force');
    expect(replaced.exitCode).toBe(0);
  });
});
