/** The parts that processes of their own play in the benches: `node parts.ts <part> <store> [runs]`. */
import { createTutti } from 'tutti';
import { sleeper, stepSleepStep } from './definitions.ts';

const [part = '', store = '', count = '0'] = process.argv.slice(2);
const runs = Number(count);

function now(): number {
  return performance.timeOrigin + performance.now();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function say(message: unknown): void {
  process.send?.(message);
}

const parts: Readonly<Record<string, () => Promise<void>>> = {
  /** Starts an engine on the store and says how long that took and what it occupies. */
  sleeping: async () => {
    const startedAt = now();
    const tutti = await createTutti({ store, definitions: [sleeper] });
    await tutti.start();
    await tutti.client.status();
    const startMs = now() - startedAt;
    await pause(2_000);
    say({ result: { startMs, residentBytes: process.memoryUsage().rss } });
  },

  /** Opens runs: all have taken a step and sleep until a moment that will have passed. */
  'open-runs': async () => {
    const tutti = await createTutti({ store, definitions: [stepSleepStep] });
    await tutti.start();
    const until = Date.now() + 3_600_000;
    for (let started = 0; started < runs; started += 5_000) {
      const size = Math.min(5_000, runs - started);
      await Promise.all(Array.from({ length: size }, () => tutti.client.startRun(stepSleepStep.name, until)));
    }
    while ((await tutti.client.status()).runs.waiting < runs) await pause(50);
    say('opened');
    await pause(3_600_000);
  },

  /** Takes over after the kill, an hour later by the clock, so that every run is due at once. */
  recovering: async () => {
    const later = 2 * 3_600_000;
    const clock = {
      now: () => Date.now() + later,
      setTimer: (delayMs: number, callback: () => void) => {
        const timer = setTimeout(callback, Math.min(delayMs, 2 ** 31 - 1));
        return { cancel: () => clearTimeout(timer), unref: () => void timer.unref() };
      },
    };
    let firstAt: number | null = null;
    const tutti = await createTutti({
      store,
      definitions: [stepSleepStep],
      clock,
      telemetry: {
        isOn: true,
        emit: ({ name }) => {
          if (name === 'run.finished') firstAt ??= now();
        },
      },
    });
    await tutti.start();
    while ((await tutti.client.status()).runs.completed < runs) await pause(20);
    say({ result: { firstAt: firstAt ?? now(), allAt: now() } });
  },
};

await parts[part]?.();
