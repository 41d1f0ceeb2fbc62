/** Two processes on one file whose runs wait for events, and their deaths. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { DeathPoint } from './mortal-store.ts';
import type { WaitFault } from './waits-faults.ts';

/** Where a process kills itself: at a commit that stores waits, that sends what was found for them, or that journals what was sent. */
export interface WaitsKill extends DeathPoint {
  readonly of: 'the waits' | 'the answers' | 'the journal';
}

/** What a process is to do. */
export interface WaitsTask {
  readonly file: string;
  /** How many orders there are, of both processes. */
  readonly orders: number;
  /** Which half of them is this process's. */
  readonly share: 0 | 1;
  readonly kill: WaitsKill | null;
  readonly fault: WaitFault | null;
}

/** What a process tells: that it was acknowledged an event, or that a run was given one. */
export type WaitsFact =
  | {
      readonly type: 'published';
      readonly id: string;
      readonly partition: number;
      readonly offset: number | null;
    }
  | { readonly type: 'given'; readonly order: string; readonly wait: string; readonly event: string };

/** How the processes went. */
export interface WaitsReport {
  readonly facts: readonly WaitsFact[];
  /** How many died, by where. */
  readonly deaths: Readonly<Record<WaitsKill['of'], number>>;
  /** Both came to their end; else they were ended because nothing moved any more. */
  readonly isThrough: boolean;
}

/** How long the processes may take until the first of them tells something, on a busy machine. Milliseconds. */
const startMaxMs = 60_000;
const script = fileURLToPath(new URL('waits-process.ts', import.meta.url));

/** Runs both processes; one that dies is replaced by one that dies at the next point of the list, and at last by one that does not. */
export async function runWaits(
  job: Pick<WaitsTask, 'file' | 'orders' | 'fault'>,
  { kills, quietMs }: { readonly kills: readonly WaitsKill[]; readonly quietMs: number },
): Promise<WaitsReport> {
  const pair = new Pair(quietMs);
  const left = [...kills];
  const deaths = { 'the waits': 0, 'the answers': 0, 'the journal': 0 };
  const work = async (share: WaitsTask['share']): Promise<void> => {
    for (;;) {
      const kill = left.shift() ?? null;
      const hasDied = await pair.live({ ...job, share, kill });
      if (!hasDied || !pair.isMoving) return;
      if (kill !== null) deaths[kill.of] += 1;
    }
  };
  try {
    await Promise.all([work(0), work(1)]);
  } finally {
    pair.end();
  }
  return { facts: pair.facts, deaths, isThrough: pair.isMoving };
}

/** The processes at work, and what they told. They are ended when they have told nothing for so long. */
class Pair {
  readonly facts: WaitsFact[] = [];
  readonly #quietMs: number;
  readonly #children = new Set<ChildProcess>();
  #quiet: NodeJS.Timeout;
  #isMoving = true;

  constructor(quietMs: number) {
    this.#quietMs = quietMs;
    this.#quiet = this.#await(startMaxMs);
  }

  get isMoving(): boolean {
    return this.#isMoving;
  }

  /** One process, from its start to its end; whether it was killed. */
  async live(task: WaitsTask): Promise<boolean> {
    const args = ['--conditions=tutti-source', script, JSON.stringify(task)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#children.add(child);
    const ended = once(child, 'close');
    for await (const line of createInterface({ input: child.stdout })) {
      this.facts.push(JSON.parse(line) as WaitsFact);
      clearTimeout(this.#quiet);
      this.#quiet = this.#await(this.#quietMs);
    }
    const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
    this.#children.delete(child);
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(`A process ended with ${code}, ${signal}.`);
    return signal !== null;
  }

  end(): void {
    clearTimeout(this.#quiet);
    for (const child of this.#children) child.kill('SIGKILL');
  }

  #await(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#isMoving = false;
      this.end();
    }, ms);
  }
}
