/** One redrive, two processes, and a death. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createTutti } from 'tutti';
import type { RedriveView } from '../../src/events/index.ts';
import { createSqliteStore } from '../../src/stores/sqlite/index.ts';
import type { DeathPoint } from './mortal-store.ts';
import { counting, effects, Ordered } from './redrive-topics.ts';

/** Where a process kills itself: at a commit that advances the job, or the cursor of what is redriven. */
export interface KillPoint extends DeathPoint {
  readonly of: 'the job' | 'the cursor';
}

/** What was left when the redrive had ended. */
export interface Left {
  /** Whether the one process died at its point; else it was over before. */
  readonly isKilled: boolean;
  readonly view: RedriveView;
  /** How often each event took effect. */
  readonly effects: Readonly<Record<string, unknown>>;
  readonly deadLetters: number;
  readonly damage: readonly string[];
}

const script = fileURLToPath(new URL('redrive-process.ts', import.meta.url));

/** Makes so many dead letters; gives the file. */
export async function prepare(directory: string, count: number): Promise<string> {
  const file = join(directory, 'prepared.db');
  const failing = counting(true);
  const first = await createTutti({ store: file, definitions: [failing.orders] });
  await first.start();
  await failing.orders.publishAll(Array.from({ length: count }, (_, n) => Ordered({ id: `o${n}` })));
  await first.events.settled();
  await first.stop();
  return file;
}

/** Lets two processes redrive the dead letters of a copy of the file, one of which is to die. */
export async function runCase(prepared: string, kill: KillPoint, file: string): Promise<Left> {
  copyFileSync(prepared, file);
  const victim = await begin(file, kill);
  const survivor = await begin(file, null);
  const redrive = await beginRedrive(file);
  victim.go(redrive);
  survivor.go(redrive);
  const [signal] = await Promise.all([victim.ended, survivor.ended]);
  return { isKilled: signal === 'SIGKILL', ...(await look(file, redrive)) };
}

/** Its engine is not started, so it only writes the job down. */
async function beginRedrive(file: string): Promise<string> {
  const { orders, strict } = counting(false);
  const tutti = await createTutti({ store: file, definitions: [orders] });
  const { job } = await strict.deadLetters.redrive({ rate: '200/s', by: 'chaos' });
  await tutti.stop();
  return job ?? '';
}

interface Running {
  go(redrive: string): void;
  /** Resolves with the signal that ended it. */
  readonly ended: Promise<NodeJS.Signals | null>;
}

/** Resolves when the process is about to begin. */
async function begin(file: string, kill: KillPoint | null): Promise<Running> {
  const args = ['--conditions=tutti-source', script, file, JSON.stringify(kill)];
  const started = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(started, 'exit').then(([code, signal]) => {
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(`A process ended with ${code}, ${signal}.`);
    return signal as NodeJS.Signals | null;
  });
  const lines = createInterface({ input: started.stdout });
  await Promise.race([once(lines, 'line'), ended]);
  // One that is dead takes nothing in.
  started.stdin.on('error', () => undefined);
  return { go: (redrive) => void started.stdin.write(`${redrive}\n`), ended };
}

async function look(file: string, redrive: string): Promise<Omit<Left, 'isKilled'>> {
  const { orders, strict } = counting(false);
  const store = await createSqliteStore({ file });
  const tutti = await createTutti({ store, definitions: [orders] });
  const cells = await store.listCells(effects);
  const left = {
    view: await tutti.events.redrives.show(redrive),
    effects: Object.fromEntries(cells.map(({ key, value }) => [key, JSON.parse(String(value))])),
    deadLetters: (await strict.deadLetters.list()).length,
    damage: await store.integrityCheck(),
  };
  await tutti.stop();
  await store.close();
  return left;
}
