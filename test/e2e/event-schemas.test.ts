import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Catalogue, CatalogueCheck } from '../../src/events/index.ts';
import { ProjectDirectory } from './project-directory.ts';

/** Schemas of events on the command line: over HTTP while an engine works, on the file, and against a file elsewhere. */

let project: ProjectDirectory;

beforeEach(() => {
  project = new ProjectDirectory('schemas', {});
  write('first.ts', '{ schema: z.object({ id: z.string(), total: z.number() }) }');
  write(
    'wider.ts',
    '{ schema: z.object({ id: z.string(), total: z.number(), note: z.string().optional() }) }',
  );
  write('broken.ts', '{ schema: z.object({ id: z.string(), total: z.number(), note: z.string() }) }');
  write(
    'second.ts',
    `{ version: 2, schema: z.object({ id: z.string(), cents: z.int() }), upcasters: { 1: (e: any) => ({ id: e.id, cents: e.total * 100 }) } }`,
  );
});

afterEach(async () => {
  await project.close();
});

function write(file: string, options: string): void {
  const lines = [
    "import { event, topic } from 'tutti';",
    "import { z } from 'zod';",
    `export const orders = topic('orders', { events: [event('order.placed', ${options})] });`,
  ];
  writeFileSync(project.file(file), lines.join('\n'));
}

describe('schemas of events on the command line', () => {
  it('are checked against what was deployed, over HTTP and on the file', async () => {
    const engine = await project.startEngine('first.ts');
    const wider = await project.tutti('events', 'check', 'wider.ts', '-o', 'json');
    expect(wider.exitCode).toBe(0);
    expect(JSON.parse(wider.stdout)).toMatchObject({
      isOk: true,
      events: [{ result: 'compatible', deployed: 1 }],
    });
    await project.stopEngine(engine);

    const broken = await project.tutti('events', 'check', 'broken.ts');
    expect(broken.exitCode).toBe(8);
    expect(broken.stdout).toMatch(/^orders +order\.placed +1 +1 +backward +incompatible$/m);
    expect(broken.stderr).toContain(
      'orders order.placed, version 1 read by version 1: data.note: An event may lack it; the reader requires it. [propertyRequired]',
    );
    const refused = await project.tutti('start', 'broken.ts', '--port', '0');
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toMatch(
      /TUTTI_EVENT_INCOMPATIBLE|is not backward compatible with what was deployed/,
    );

    const bridged = await project.tutti('events', 'check', 'second.ts', '-o', 'json');
    expect(bridged.exitCode).toBe(0);
    const { events } = JSON.parse(bridged.stdout) as CatalogueCheck;
    expect(events[0]).toMatchObject({ result: 'bridged', version: 2, deployed: 1 });
    expect(bridged.stderr).toContain('upcasters lead from version 1 on');
  });

  it('are written to a file and checked against it, without a store', async () => {
    const listed = await project.tutti('events', 'catalogue', 'first.ts', '--export', 'catalogue.json');
    expect(listed.exitCode).toBe(0);
    expect(listed.stdout).toMatch(/^orders +order\.placed +1 +1 +backward +yes +-$/m);
    const catalogue = JSON.parse(readFileSync(project.file('catalogue.json'), 'utf8')) as Catalogue;
    expect(catalogue.events[0]?.schemas[0]?.reads).toMatchObject({ required: ['id', 'total'] });
    const exitCodes = [];
    for (const file of ['first.ts', 'wider.ts', 'broken.ts', 'second.ts'])
      exitCodes.push((await project.tutti('events', 'check', file, '--against', 'catalogue.json')).exitCode);
    expect(exitCodes).toEqual([0, 0, 8, 0]);
    const wrong = await project.tutti('events', 'check', 'first.ts', '--against', 'first.ts');
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('first.ts')]);
  });

  it('are listed as they were deployed, with the versions of all code that was started', async () => {
    await project.stopEngine(await project.startEngine('first.ts'));
    await project.stopEngine(await project.startEngine('second.ts'));
    const { stdout } = await project.tutti('events', 'catalogue', '-o', 'json');
    const { events } = JSON.parse(stdout) as Catalogue;
    expect(events).toMatchObject([{ version: 2, schemas: [{ version: 1 }, { version: 2, upcasters: [1] }] }]);
    const rollback = await project.tutti('events', 'check', 'first.ts');
    expect([rollback.exitCode, rollback.stderr]).toEqual([8, expect.stringContaining('[versionNewer]')]);
    // What was deployed before may come back: a check warns, a start does not refuse.
    await project.stopEngine(await project.startEngine('first.ts'));
  });
});
