import { describe, expect, it } from 'vitest';
import { bugsToFind, dice } from './planted-bugs.ts';
import { topicBugsToFind } from './planted-topic-bugs.ts';
import { simulate, type Verdict } from './simulation.ts';

/** Within so many seeds each planted bug must be found. */
const seedsMax = 200;

describe('the simulation', () => {
  it.each([...bugsToFind, ...topicBugsToFind])('finds that $name', async ({ plant, caughtBy }) => {
    let found: Verdict | undefined;
    for (let seed = 1; seed <= seedsMax && found === undefined; seed += 1) {
      const verdict = await simulate({ seed, plant: plant() });
      if (verdict.violations.length > 0) found = verdict;
    }
    expect(found?.violations[0]).toMatchObject({ invariant: expect.toBeOneOf([...caughtBy]) as unknown });
  });

  it('notices when a history does not follow from its seed', async () => {
    const digests = new Set<string>();
    for (let times = 0; times < 10 && digests.size < 2; times += 1) {
      digests.add((await simulate({ seed: 1, plant: dice })).digest);
    }
    expect(digests.size).toBe(2);
  });
});
