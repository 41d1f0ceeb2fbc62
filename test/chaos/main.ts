/**
 * The chaos lane: real processes, harmed at enumerated points. See docs/internals/chaos.md.
 *
 *   npm run -s chaos                              a few points of everything, about a minute
 *   npm run -s chaos -- --full                    every point of everything
 *   npm run -s chaos -- --only kill:people:17     one case; or a lane, or a lane and a workload
 *
 * Progress goes to standard error, the summary to standard output. Exit 8 when a check failed, 2 for wrong usage.
 */
import { parseArgs } from 'node:util';
import { openBench } from './open-bench.ts';
import { lanes, runLanes, type Plan, type Summary } from './run-lanes.ts';
import { workloadNames } from './workloads.ts';

const exitUsage = 2;
const exitCheckFailed = 8;

function readPlan(): Plan {
  const { values } = parseArgs({
    options: {
      full: { type: 'boolean', default: false },
      only: { type: 'string' },
      jobs: { type: 'string', default: '2' },
    },
  });
  const [lane, workload, at] = values.only?.split(':') ?? [];
  known(
    'lane',
    lane,
    lanes.map(({ name }) => name),
  );
  known('workload', workload, workloadNames);
  return {
    isFull: values.full,
    jobs: positive('--jobs', values.jobs),
    ...(lane === undefined ? {} : { lane }),
    ...(workload === undefined ? {} : { workload }),
    ...(at === undefined ? {} : { at: positive('the point of --only', at) }),
  };
}

function known(what: string, given: string | undefined, names: readonly string[]): void {
  if (given === undefined || names.includes(given)) return;
  throw new RangeError(`There is no ${what} '${given}'; there are ${names.join(', ')}.`);
}

function positive(what: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new RangeError(`${what} is '${text}'; expected a whole number from 1.`);
}

function print({ counts, failures, skipped }: Summary, seconds: number): void {
  for (const [name, { cases, harmed }] of counts) {
    const title = lanes.find((lane) => lane.name === name)?.title ?? '';
    console.log(
      `${name.padEnd(14)} ${String(harmed).padStart(5)} harmed of ${String(cases).padEnd(5)} ${title}`,
    );
  }
  for (const { lane, reason } of skipped) console.log(`${lane.padEnd(14)} skipped: ${reason}`);
  for (const { name, findings } of failures) {
    console.log('');
    console.log(`${name} failed:`);
    for (const finding of findings) console.log(`  ${finding}`);
    console.log(`  again: npm run -s chaos -- --only ${name}`);
  }
  console.log('');
  const all = [...counts.values()].reduce((sum, { cases }) => sum + cases, 0);
  console.log(`${all} cases, ${failures.length} failed, in ${seconds} s`);
}

let plan: Plan;
try {
  plan = readPlan();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(exitUsage);
}
const began = Date.now();
const bench = await openBench();
try {
  const summary = await runLanes(bench, plan, (line) => console.error(line));
  print(summary, Math.round((Date.now() - began) / 1_000));
  if (summary.failures.length > 0) process.exitCode = exitCheckFailed;
} finally {
  await bench.close();
}
