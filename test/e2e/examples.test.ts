import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exampleRuns, runExample } from './example-runs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('from source', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tutti-example-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it.each(exampleRuns)('$name', async (example) => {
    const output = await runExample(example, { root, conditions: ['tutti-source'], directory });
    for (const text of example.says) expect(output).toContain(text);
  });

  it('the onboarding run a second time starts nobody twice', async () => {
    const onboarding = exampleRuns.at(-1)!;
    const options = { root, conditions: ['tutti-source'], directory };
    await runExample(onboarding, options);
    const output = await runExample(onboarding, options);
    expect(output).not.toContain('approved');
    for (const text of onboarding.says) expect(output).toContain(text);
  });
});
