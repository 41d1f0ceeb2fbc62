import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { registerWorker } from '../../../test/stores/records.ts';
import { openStore } from '../../../test/stores/sqlite-scene.ts';
import type { Clock, TimerHandle } from '../../base/clock.ts';

/** A clock whose timers fire when told. */
class HandClock implements Clock {
  readonly pending = new Set<() => void>();

  now(): number {
    return 0;
  }

  setTimer(_delayMs: number, callback: () => void): TimerHandle {
    this.pending.add(callback);
    return { cancel: () => this.pending.delete(callback) };
  }

  fire(): void {
    for (const callback of [...this.pending]) {
      this.pending.delete(callback);
      callback();
    }
  }
}

describe('onForeignCommit', () => {
  it('calls back after a commit of another connection, once, and not after our own', async () => {
    const clock = new HandClock();
    const store = await openStore({ clock });
    const other = await openStore({ file: store.file });
    let calls = 0;
    const stop = store.onForeignCommit(() => (calls += 1));
    await registerWorker(store);
    clock.fire();
    expect(calls).toBe(0);
    await registerWorker(other);
    clock.fire();
    clock.fire();
    expect(calls).toBe(1);
    stop();
    await registerWorker(other);
    clock.fire();
    expect(calls).toBe(1);
  });

  it('polls only while somebody listens', async () => {
    const clock = new HandClock();
    const store = await openStore({ clock });
    expect(clock.pending.size).toBe(0);
    const stops = [store.onForeignCommit(() => undefined), store.onForeignCommit(() => undefined)];
    expect(clock.pending.size).toBe(1);
    for (const stop of stops) stop();
    expect(clock.pending.size).toBe(0);
  });

  it('does not keep the process alive', () => {
    const store = fileURLToPath(new URL('./index.ts', import.meta.url));
    const script = `
      const { createSqliteStore } = await import(${JSON.stringify(store)});
      const store = await createSqliteStore({ file: ':memory:' });
      store.onForeignCommit(() => undefined);`;
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 4000 });
    expect(status).toBe(0);
  });
});
