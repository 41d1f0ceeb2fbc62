/** `demo crash`: kills an engine with SIGKILL at two chosen moments and lets another one go on with what is on disk. */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../base/clock.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { checkCrash, tellCrash, type CrashRecord, type EngineLife } from './crash-report.ts';
import type { ChildMessage, ChildTask } from './crash-messages.ts';
import { readLedger } from './ledger.ts';
import { loadExample } from './onboarding-example.ts';

/** What the crash demo is given. */
export interface CrashDemoOptions {
  readonly clock: Clock;
  readonly print: (line: string) => void;
}

/** Where the first engine dies: after this step's effect, before its result is recorded. */
const stepKilled = 'provision database';
const surveyAfterMs = 500;
/** How long one engine may live before the demo gives up on it. */
const engineLifeMaxMs = 60_000;

// The ending is .ts in a checkout and .js in dist/.
const childModule = fileURLToPath(new URL(`./crash-process${extname(import.meta.url)}`, import.meta.url));

/**
 * Runs one onboarding through two kills, prints its timeline and checks it against the ledger.
 *
 * @throws TUTTI_CHECK_FAILED when something was lost or a finished step ran again.
 */
export async function runCrashDemo({ clock, print }: CrashDemoOptions): Promise<void> {
  const example = await loadExample();
  const directory = await mkdtemp(join(tmpdir(), 'tutti-crash-'));
  const ledger = join(directory, 'ledger.jsonl');
  // The mail server and the books live in this process, which nobody kills.
  const world = await example.openOnboarding({ directory });
  print('One customer is taken on board; its engine is killed twice with SIGKILL on the way.');
  print(`State: ${directory}`);
  print('');
  try {
    const task = { directory, ledger, mailPort: world.mailPort, surveyAfterMs };
    const lives: EngineLife[] = [];
    for (const hold of [
      { holdAfterEffectOf: stepKilled, holdAtQuestion: false },
      { holdAfterEffectOf: null, holdAtQuestion: true },
      { holdAfterEffectOf: null, holdAtQuestion: false },
    ]) {
      lives.push(await liveOnce({ ...task, ...hold }, clock));
    }
    const record: CrashRecord = {
      lives,
      ledger: readLedger(ledger),
      stepKilled,
      tenants: world.tenants.list(),
      databases: world.databases.list(),
      mails: (await world.mailbox?.list()) ?? [],
    };
    for (const line of tellCrash(record)) print(line);
    judge(record, print);
  } finally {
    await world.stop();
  }
}

function judge(record: CrashRecord, print: (line: string) => void): void {
  const checks = checkCrash(record);
  print('');
  for (const { isFine, claim, found } of checks)
    print(`  ${isFine ? '✓' : '✗'} ${claim.padEnd(62)} ${found}`);
  print('');
  const broken = checks.filter((check) => !check.isFine);
  if (broken.length > 0) {
    throw new TuttiError(
      'TUTTI_CHECK_FAILED',
      `The run did not survive the kills as promised: ${broken.map(({ claim, found }) => `${claim} (${found})`).join('; ')}.`,
    );
  }
  print('Killed twice, nothing lost, no finished step ran again.');
}

/** One engine from its start until it is killed or its run has ended. */
async function liveOnce(task: ChildTask, clock: Clock): Promise<EngineLife> {
  const startedAt = clock.now();
  const child = fork(childModule, [JSON.stringify(task)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const life = { pid: child.pid ?? 0, startedAt, readyAt: startedAt };
  const tooLong = clock.setTimer(engineLifeMaxMs, () => child.kill('SIGKILL'));
  try {
    const ending = await new Promise<ChildMessage | undefined>((resolve) => {
      child.on('message', (message: ChildMessage) => {
        if (message.type === 'started') life.readyAt = clock.now();
        else resolve(message);
      });
      child.once('exit', () => resolve(undefined));
    });
    if (ending === undefined) {
      throw new TuttiError(
        'TUTTI_CHECK_FAILED',
        `Engine ${life.pid} ended by itself before its time: ${complaints.trim()}`,
      );
    }
    if (ending.type === 'ended') {
      await exitOf(child);
      return { ...life, endedAt: clock.now(), isKilled: false, run: ending.run, history: ending.history };
    }
    const gone = exitOf(child);
    const endedAt = clock.now();
    child.kill('SIGKILL');
    await gone;
    return { ...life, endedAt, isKilled: true, run: undefined, history: [] };
  } finally {
    tooLong.cancel();
    child.kill('SIGKILL');
  }
}

function exitOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
}
