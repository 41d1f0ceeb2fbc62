import { expect, it } from 'vitest';
import { checkSeed, report } from './check-seed.ts';

/** More are run by `npm run sim -- --seeds N`. */
const seeds = 200;

it(`I1 to I5 hold in ${seeds} simulations, each of which is the same when it is repeated`, async () => {
  const failures: string[] = [];
  for (let seed = 1; seed <= seeds && failures.length < 3; seed += 1) {
    const verdict = await checkSeed(seed);
    if (verdict.violations.length > 0) failures.push(report(verdict));
  }
  expect(failures.join('\n')).toBe('');
}, 600_000);

it.each([
  [1273, 'an event whose state the store could not read was given up'],
  [2030, 'a commit on its way to the disk was given what was staged after it'],
])('seed %i, in which %s, holds', async (seed) => {
  const verdict = await checkSeed(seed);
  expect(verdict.violations.length > 0 ? report(verdict) : '').toBe('');
});
