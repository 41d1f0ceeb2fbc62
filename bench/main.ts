/**
 * Measures Tutti through its public name, one JSON object per line: `{name, value, unit, floor, ratio}`. `floor` is the bare
 * loop's figure for the same work, measured in turns with it; `ratio` is value/floor. Both are null where nothing bare compares.
 *
 *   npm run -s bench -- [name ...] --json      all benches without a name
 *   npm run -s bench -- --list
 */
import { benches } from './benches.ts';

const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = asked.filter((name) => benches.every((bench) => bench.name !== name));
if (unknown.length > 0) {
  const known = benches.map((bench) => bench.name).join(', ');
  process.stderr.write(`There is no bench "${unknown.join('", "')}"; there are: ${known}.\n`);
  process.exit(2);
}
if (process.argv.includes('--list')) {
  for (const { name, summary } of benches) process.stdout.write(`${name.padEnd(20)} ${summary}\n`);
  process.exit(0);
}
for (const bench of benches) {
  if (asked.length > 0 && !asked.includes(bench.name)) continue;
  for (const { name, value, unit, floor } of await bench.measure()) {
    const ratio = floor === null || floor === 0 ? null : rounded(value / floor);
    const line = { name, value: rounded(value), unit, floor: floor === null ? null : rounded(floor), ratio };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}

/** Four digits: more would claim what the measurement does not know. */
function rounded(figure: number): number {
  return Number(figure.toPrecision(4));
}
