/** Live figures of one process: how many, how fast, how late. */
export class Statistics {
  #seen = 0;
  #blocked = 0;
  #delays: number[] = [];
  #all: number[] = [];

  /** A decision is on disk; `delayMs` after its authorization was published, null when that is not to count. */
  decided(verdict: string, delayMs: number | null): void {
    this.#seen += 1;
    if (verdict === 'block') this.#blocked += 1;
    if (delayMs !== null) this.#delays.push(delayMs);
  }

  get seen(): number {
    return this.#seen;
  }

  get blocked(): number {
    return this.#blocked;
  }

  /** Figures since the last call. */
  take(): Latency {
    const taken = latencyOf(this.#delays);
    for (const delay of this.#delays) this.#all.push(delay);
    this.#delays = [];
    return taken;
  }

  /** Figures of everything. */
  total(): Latency {
    this.take();
    return latencyOf(this.#all);
  }
}

/** How many, and how late. Milliseconds; 0 when there is nothing. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

function latencyOf(delays: readonly number[]): Latency {
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? 0;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99) };
}
