/** What goes wrong in one simulation, and how often; all of it follows from the seed. */
import type { Draw } from './draw.ts';

/** Probabilities per call unless said otherwise; times in milliseconds. */
export interface Faults {
  readonly name: string;
  /** Refused before anything was written: full or busy. */
  readonly refused: number;
  /** Not written, and the caller cannot know. */
  readonly lostBefore: number;
  /** Written, and the caller cannot know. */
  readonly lostAfter: number;
  /** The caller is told of a failure at once; the write arrives later, or is refused then. */
  readonly late: number;
  /** A read, claim or registration that fails. */
  readonly readFails: number;
  readonly payloadFails: number;
  /** A renewal of a lease that hangs until the lease has run out. */
  readonly renewalStalls: number;
  /** A call that takes long. */
  readonly stalls: number;
  readonly notificationDropped: number;
  /** The average number of awaits after which a process crashes; infinite for never. */
  readonly awaitsPerCrash: number;
  /** The average time between two freezes, clock jumps or orderly restarts anywhere; infinite for never. */
  readonly freezeEveryMs: number;
  readonly jumpEveryMs: number;
  readonly restartEveryMs: number;
  /** How far wall clocks are apart without jumping. */
  readonly skewMs: number;
}

const none: Faults = {
  name: 'calm',
  refused: 0,
  lostBefore: 0,
  lostAfter: 0,
  late: 0,
  readFails: 0,
  payloadFails: 0,
  renewalStalls: 0,
  stalls: 0,
  notificationDropped: 0,
  awaitsPerCrash: Number.POSITIVE_INFINITY,
  freezeEveryMs: Number.POSITIVE_INFINITY,
  jumpEveryMs: Number.POSITIVE_INFINITY,
  restartEveryMs: Number.POSITIVE_INFINITY,
  skewMs: 0,
};

const kinds: Readonly<Record<string, Partial<Faults>>> = {
  calm: {},
  crashes: { awaitsPerCrash: 300, notificationDropped: 0.2 },
  deaths: { awaitsPerCrash: 70, stalls: 0.01 },
  zombies: { freezeEveryMs: 4_000, renewalStalls: 0.15, stalls: 0.01, skewMs: 500 },
  commits: { refused: 0.08, lostBefore: 0.03, lostAfter: 0.03, late: 0.03 },
  network: { stalls: 0.03, notificationDropped: 0.7, lostAfter: 0.02, late: 0.02 },
  clocks: { skewMs: 2_000, jumpEveryMs: 3_000, freezeEveryMs: 15_000, awaitsPerCrash: 1_000 },
  deployments: { restartEveryMs: 4_000, notificationDropped: 0.2 },
  storage: { readFails: 0.02, payloadFails: 0.05, refused: 0.05 },
  everything: {
    refused: 0.03,
    lostBefore: 0.01,
    lostAfter: 0.01,
    late: 0.01,
    readFails: 0.005,
    payloadFails: 0.02,
    renewalStalls: 0.03,
    stalls: 0.01,
    notificationDropped: 0.3,
    awaitsPerCrash: 500,
    freezeEveryMs: 8_000,
    jumpEveryMs: 10_000,
    restartEveryMs: 15_000,
    skewMs: 1_000,
  },
};

/** How often each kind of weather is drawn. */
const weights: Readonly<Record<string, number>> = {
  calm: 1,
  crashes: 3,
  deaths: 2,
  zombies: 3,
  commits: 3,
  network: 3,
  clocks: 2,
  deployments: 2,
  storage: 2,
  everything: 4,
};

export function drawFaults(draw: Draw): Faults {
  const name = draw.weighted(weights);
  return { ...none, ...kinds[name], name };
}

/** The weather after the storm: everything works, at the same speed. */
export function withoutFaults(faults: Faults): Faults {
  return { ...none, name: `${faults.name}, over` };
}

/** What happens to one call of the store. */
export interface CallPlan {
  readonly requestMs: number;
  readonly responseMs: number;
  readonly fault: 'none' | 'refused' | 'lostBefore' | 'lostAfter' | 'late';
  /** Of a write that is late: when it arrives after all. */
  readonly lateByMs: number;
  /** Whether the request still arrives if its process dies while it is on its way. */
  readonly survivesDeath: boolean;
}

export type CallKind = 'commit' | 'renewal' | 'write' | 'read';

/** The network between the processes and the store. */
export class Network {
  faults: Faults;
  readonly leaseMs: number;
  readonly #draw: Draw;
  readonly #fast: number;
  readonly #slowMs: number;

  constructor(faults: Faults, leaseMs: number, draw: Draw) {
    this.faults = faults;
    this.leaseMs = leaseMs;
    this.#draw = draw;
    // From a store in the same process to one across a slow line.
    this.#fast = draw.pick([0, 0.5, 0.9, 1]);
    this.#slowMs = draw.pick([2, 20, 80]);
  }

  plan(kind: CallKind): CallPlan {
    const draw = this.#draw;
    return {
      requestMs: this.#stall(kind) ?? this.#transit(),
      responseMs: draw.chance(this.faults.stalls) ? draw.between(100, 2_000) : this.#transit(),
      fault: this.#fault(kind),
      lateByMs: draw.between(1, 2 * this.leaseMs),
      survivesDeath: draw.chance(0.5),
    };
  }

  /** After how long another process hears of a commit; null if never. */
  notification(): number | null {
    if (this.#draw.chance(this.faults.notificationDropped)) return null;
    return this.#transit();
  }

  payloadFails(): boolean {
    return this.#draw.chance(this.faults.payloadFails);
  }

  transit(): number {
    return this.#transit();
  }

  #stall(kind: CallKind): number | null {
    const { renewalStalls, stalls } = this.faults;
    if (kind === 'renewal' && this.#draw.chance(renewalStalls))
      return this.leaseMs + this.#draw.between(0, 3_000);
    if (this.#draw.chance(stalls)) return this.#draw.between(100, 2_000);
    return null;
  }

  #transit(): number {
    return this.#draw.chance(this.#fast) ? 0 : this.#draw.between(1, this.#slowMs);
  }

  #fault(kind: CallKind): CallPlan['fault'] {
    const { refused, lostBefore, lostAfter, late, readFails } = this.faults;
    const roll = this.#draw.random.next();
    if (kind === 'read') return roll < readFails ? 'lostBefore' : 'none';
    if (kind !== 'commit') return roll < readFails ? this.#draw.pick(['lostBefore', 'lostAfter']) : 'none';
    if (roll < refused) return 'refused';
    if (roll < refused + lostBefore) return 'lostBefore';
    if (roll < refused + lostBefore + lostAfter) return 'lostAfter';
    if (roll < refused + lostBefore + lostAfter + late) return 'late';
    return 'none';
  }
}
