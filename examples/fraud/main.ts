/**
 * Watches a stream of card authorizations for fraud, and counts in the end.
 *
 *   node --conditions=tutti-source examples/fraud/main.ts --rate 5000 --seconds 10 --seed 7 [--crash] [--directory .tutti/fraud]
 *
 * With --crash the engine runs in a process of its own that is killed twice with SIGKILL while it works.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
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
const plan = { seed: whole('seed'), rate, count: Math.round(rate * positive('seconds')) };
if (!values.resume) removeOwnFiles();
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

/** Removes what an earlier run left, and nothing else that may lie there. */
function removeOwnFiles(): void {
  for (const name of ['tutti.db', 'ledger.db']) {
    for (const ending of ['', '-wal', '-shm']) rmSync(join(directory, name + ending), { force: true });
  }
  rmSync(join(directory, 'payloads'), { recursive: true, force: true });
}

/** Kills the engine twice, each time when it has just said how far it is, and lets the third one come to the end. */
async function killTwice(): Promise<void> {
  for (const life of [1, 2, 3]) {
    const args = ['--conditions=tutti-source', fileURLToPath(import.meta.url), '--resume'];
    for (const name of ['rate', 'seconds', 'seed', 'directory'] as const)
      args.push(`--${name}`, values[name]);
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise<number | null>((done) => child.once('close', done));
    for await (const line of createInterface({ input: child.stdout })) {
      console.log(line);
      if (life < 3 && /^ *[1-9]\d* of /.test(line)) child.kill('SIGKILL');
    }
    const code = await ended;
    if (code !== null) {
      process.exitCode = code;
      return;
    }
    console.log(`SIGKILL: the engine was killed in mid-run; number ${life + 1} goes on.`);
  }
}

function positive(name: 'rate' | 'seconds'): number {
  const value = Number(values[name]);
  return value > 0 && Number.isFinite(value) ? value : refuse(name, 'a number above 0');
}

function whole(name: 'seed'): number {
  return /^\d{1,9}$/.test(values[name]) ? Number(values[name]) : refuse(name, 'a whole number');
}

function refuse(name: 'rate' | 'seconds' | 'seed', expected: string): never {
  console.error(`--${name} is '${values[name]}'; expected ${expected}.`);
  process.exit(2);
}
