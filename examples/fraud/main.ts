/**
 * Watches a stream of card authorizations for fraud, and counts in the end.
 *
 *   node --conditions=tutti-source examples/fraud/main.ts --rate 5000 --seconds 10 --seed 7 [--crash] [--directory .tutti/fraud]
 *
 * With --crash the engine runs in a process of its own that is killed twice with SIGKILL while it works.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { watch } from './watch.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string', default: '7' },
    directory: { type: 'string', default: '.tutti/fraud' },
    crash: { type: 'boolean', default: false },
    /** Goes on with what is in the directory; else it is emptied first. */
    resume: { type: 'boolean', default: false },
  },
});
const { directory, crash } = values;
const rate = positive('rate');
const plan = { seed: Number(values.seed), rate, count: Math.round(rate * positive('seconds')) };
if (!values.resume) rmSync(directory, { recursive: true, force: true });
if (crash) await killTwice();
else await watchAndCount();

async function watchAndCount(): Promise<void> {
  const result = await watch({ directory, plan, print: (line) => console.log(line) });
  const { authorizations, decided, blocked, reviewed, deadLetters, differences } = result;
  console.log(
    `${authorizations} authorizations, ${decided} decisions, ${blocked} blocked, ${reviewed} asked of the desk, ` +
      `${deadLetters} dead letters of the notifier.`,
  );
  for (const difference of differences.slice(0, 10)) console.log(`  ${difference}`);
  console.log(
    differences.length === 0
      ? 'It adds up: nothing lost, nothing decided twice, every verdict as the seed says.'
      : `${differences.length} differences.`,
  );
  if (differences.length > 0) process.exitCode = 8;
}

/** Kills the engine after a third and after two thirds of the time, and lets the third one come to the end. */
async function killTwice(): Promise<void> {
  const lifeMs = (plan.count / plan.rate / 3) * 1_000 + 500;
  for (const life of [1, 2, 3]) {
    const args = ['--conditions=tutti-source', fileURLToPath(import.meta.url), '--resume'];
    for (const name of ['rate', 'seconds', 'seed', 'directory'] as const)
      args.push(`--${name}`, values[name]);
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    const timer = life < 3 ? setTimeout(() => child.kill('SIGKILL'), lifeMs) : undefined;
    const code = await new Promise<number | null>((done) => child.once('close', done));
    clearTimeout(timer);
    if (code !== null) {
      process.exitCode = code;
      return;
    }
    console.log(`SIGKILL: the engine was killed in mid-run; number ${life + 1} goes on.`);
  }
}

function positive(name: 'rate' | 'seconds'): number {
  const value = Number(values[name]);
  if (!(value > 0 && Number.isFinite(value))) {
    console.error(`--${name} is '${values[name]}'; expected a number above 0.`);
    process.exit(2);
  }
  return value;
}
