import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Clock, TimerHandle } from '../../base/clock.ts';

/** Editors write in several steps; the change is reported when they have been quiet for this long. */
const quietMs = 120;

/**
 * Calls back when one of its files has changed. Watches directories, not files: many editors replace a file by renaming a new one
 * over it, and a watch on the old one would see nothing any more.
 */
export class FileWatch {
  readonly #clock: Clock;
  readonly #onChange: (path: string) => void;
  readonly #versions = new Map<string, string>();
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: TimerHandle | undefined;

  constructor(clock: Clock, onChange: (path: string) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Adds a file; it need not exist. */
  add(path: string): void {
    if (this.#versions.has(path)) return;
    this.#versions.set(path, versionOf(path));
    const directory = dirname(path);
    if (this.#watchers.has(directory)) return;
    try {
      const watcher = watch(directory, { persistent: true }, (_, name) => this.#notice(directory, name));
      watcher.on('error', () => undefined);
      this.#watchers.set(directory, watcher);
    } catch {
      // The directory is gone: nothing in it can change until it is back and the engine was restarted by hand.
    }
  }

  close(): void {
    this.#timer?.cancel();
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #notice(directory: string, name: string | null): void {
    const isOurs = [...this.#versions.keys()].some(
      (path) => dirname(path) === directory && (name === null || basename(path) === name),
    );
    if (!isOurs) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(quietMs, () => this.#compare());
  }

  #compare(): void {
    const changed = [...this.#versions]
      .filter(([path, version]) => versionOf(path) !== version)
      .map(([path]) => path);
    for (const path of changed) this.#versions.set(path, versionOf(path));
    const [first] = changed;
    if (first !== undefined) this.#onChange(first);
  }
}

function versionOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
}
