/**
 * Runs simulations: `npm run sim -- --seeds 1000`.
 *
 *   --seeds N    how many seeds, default 200
 *   --from S     the first of them, default 1
 *   --seed S     this seed alone
 *   --verbose    print the whole trace
 *
 * Exit code 8 if any check failed.
 */
import { parseArgs } from 'node:util';
import { checkSeed, report } from './check-seed.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count)) {
  console.error('--seeds, --from and --seed take whole numbers');
  process.exit(2);
}

let failed = 0;
for (let seed = first; seed < first + count; seed += 1) {
  const verdict = await checkSeed(seed, values.verbose ? (line) => console.log(line) : undefined);
  if (verdict.violations.length > 0) {
    failed += 1;
    console.error(report(verdict));
  } else if (values.seed !== undefined)
    console.log(`seed ${seed} is fine: ${verdict.summary}, trace ${verdict.digest}`);
  else if ((seed - first) % 50 === 49)
    console.error(`${seed - first + 1} of ${count} seeds, ${failed} failed`);
}
console.log(`${count - failed} of ${count} seeds passed`);
process.exit(failed > 0 ? 8 : 0);
