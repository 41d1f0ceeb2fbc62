/** A generated workflow program: plain data, interpreted by one durable workflow, predicted by a pure function. */
import type { Draw } from './draw.ts';

/** Names are unique within a run, so that an entry of its journal tells which node it belongs to. Times in milliseconds. */
export type Program =
  /** Fails `fails` times, then gives its value; takes `ms`, or is synchronous. `size` characters of result. */
  | {
      readonly op: 'step';
      readonly name: string;
      readonly ms: number | null;
      readonly fails: number;
      readonly pauseMs: number;
      readonly size: number;
    }
  /** Fails for good, after `tries` tries. */
  | { readonly op: 'fatal'; readonly name: string; readonly tries: number }
  | { readonly op: 'sleep'; readonly name: string; readonly ms: number }
  | { readonly op: 'wait' | 'ask'; readonly name: string; readonly timeoutMs: number | null }
  | { readonly op: 'seq' | 'all' | 'settled' | 'parallel' | 'race'; readonly parts: readonly Program[] }
  | { readonly op: 'try'; readonly part: Program }
  | { readonly op: 'call' | 'start'; readonly name: string; readonly part: Program; readonly code: CodeName }
  /** Sends a signal to the run itself and waits for it. */
  | { readonly op: 'echo'; readonly name: string }
  /** Sends a signal to another run, which may not exist. */
  | { readonly op: 'send'; readonly name: string; readonly to: string }
  /** Waits for facts about a word, one after the other. */
  | {
      readonly op: 'hear';
      readonly name: string;
      readonly word: string;
      readonly times: number;
      readonly timeoutMs: number | null;
    }
  /** Waits for a fact about either word. */
  | {
      readonly op: 'hearAny';
      readonly name: string;
      readonly either: readonly [string, string];
      readonly timeoutMs: number | null;
    }
  /** Publishes a fact. */
  | { readonly op: 'tell'; readonly name: string; readonly word: string }
  /** Is given `ms`; whatever happens, cleans up afterwards where nothing can cancel it. */
  | { readonly op: 'limited'; readonly name: string; readonly ms: number; readonly part: Program }
  /** A step that is undone when the run fails. */
  | { readonly op: 'undoable'; readonly name: string; readonly ms: number | null }
  | { readonly op: 'patch'; readonly name: string; readonly part: Program }
  | { readonly op: 'status'; readonly name: string };

/** The two definitions that interpret programs. */
export type CodeName = 'strict' | 'batched';

/** What programs are made of, and how often. */
const weights = {
  step: 10,
  sleep: 4,
  wait: 3,
  ask: 1,
  seq: 4,
  all: 3,
  settled: 1,
  parallel: 1,
  race: 2,
  try: 2,
  call: 2,
  start: 1,
  echo: 2,
  send: 2,
  limited: 2,
  patch: 1,
  status: 1,
} as const;

/** Where there are facts. */
const factWeights = { ...weights, hear: 6, hearAny: 3, tell: 3 } as const;

type Kind = keyof typeof factWeights;

const leaves: readonly Kind[] = [
  ...(['step', 'sleep', 'wait', 'ask', 'echo', 'send', 'status'] as const),
  ...(['hear', 'hearAny', 'tell'] as const),
];

/** Draws programs; one generator per run, so that names are unique in it. */
export class ProgramGenerator {
  readonly #draw: Draw;
  readonly #targets: readonly string[];
  readonly #words: readonly string[];
  #count = 0;
  #budget: number;

  /** `targets`: ids of runs to send signals to. `budget`: about how many operations. `words`: what facts are about; none for no facts. */
  constructor(
    draw: Draw,
    {
      targets,
      budget,
      words,
    }: Readonly<Record<'targets' | 'words', readonly string[]>> & { readonly budget: number },
  ) {
    this.#draw = draw;
    this.#targets = targets;
    this.#budget = budget;
    this.#words = words;
  }

  /** The program of a whole run. */
  whole(): Program {
    const draw = this.#draw;
    const parts: Program[] = [];
    const isUndone = draw.chance(0.25);
    for (let i = draw.between(2, 5); i > 0; i -= 1) {
      if (isUndone) parts.push({ op: 'undoable', name: this.#name(), ms: this.#bodyMs() });
      parts.push(this.#node(0));
    }
    if (isUndone || draw.chance(0.1)) parts.push({ op: 'fatal', name: this.#name(), tries: 1 });
    return { op: 'seq', parts };
  }

  #node(depth: number): Program {
    this.#budget -= 1;
    const kind: Kind = this.#draw.weighted(this.#words.length === 0 ? weights : factWeights);
    if (!leaves.includes(kind) && (depth >= 3 || this.#budget <= 0)) return this.#step();
    return this.#ofKind(kind, depth);
  }

  // oxlint-disable-next-line complexity, consistent-return -- one line for each kind of node, and the compiler knows that none is missing
  #ofKind(kind: Kind, depth: number): Program {
    const draw = this.#draw;
    const name = this.#name();
    switch (kind) {
      case 'step':
        return this.#step();
      case 'sleep':
        return { op: kind, name, ms: draw.pick([0, 10, 300, 2_500, 9_000]) };
      case 'wait':
      case 'ask':
        return { op: kind, name, timeoutMs: draw.chance(0.5) ? null : draw.between(100, 6_000) };
      case 'seq':
      case 'all':
      case 'settled':
      case 'parallel':
      case 'race':
        return {
          op: kind,
          parts: Array.from({ length: draw.between(2, 3) }, () => this.#node(depth + 1)),
        };
      case 'try': {
        const parts = [this.#node(depth + 1), this.#fatal()];
        return { op: kind, part: draw.chance(0.6) ? { op: 'seq', parts } : { op: 'all', parts } };
      }
      case 'call':
      case 'start':
        return {
          op: kind,
          name,
          part: this.#node(depth + 1),
          code: draw.chance(0.8) ? 'strict' : 'batched',
        };
      case 'echo':
      case 'status':
        return { op: kind, name };
      case 'send':
        return { op: kind, name, to: draw.pick(this.#targets) };
      case 'hear':
        return {
          op: kind,
          name,
          word: draw.pick(this.#words),
          times: draw.pick([1, 1, 2]),
          timeoutMs: this.#patienceMs(),
        };
      case 'hearAny': {
        const first = draw.between(0, this.#words.length - 1);
        const second = (first + draw.between(1, this.#words.length - 1)) % this.#words.length;
        const either = [this.#words[first] ?? '', this.#words[second] ?? ''] as const;
        return { op: kind, name, either, timeoutMs: this.#patienceMs() };
      }
      case 'tell':
        return { op: kind, name, word: draw.pick(this.#words) };
      case 'limited':
        return { op: kind, name, ms: draw.between(50, 5_000), part: this.#node(depth + 1) };
      case 'patch':
        return { op: kind, name, part: this.#node(depth + 1) };
    }
  }

  #step(): Program {
    const draw = this.#draw;
    return {
      op: 'step',
      name: this.#name(),
      ms: this.#bodyMs(),
      fails: draw.pick([0, 0, 0, 1, 3]),
      pauseMs: draw.pick([0, 5, 100, 1_500]),
      size: draw.pick([10, 10, 10, 400]),
    };
  }

  #fatal(): Program {
    return { op: 'fatal', name: this.#name(), tries: this.#draw.pick([1, 3]) };
  }

  #patienceMs(): number | null {
    return this.#draw.chance(0.6) ? null : this.#draw.between(100, 6_000);
  }

  #bodyMs(): number | null {
    return this.#draw.pick([null, null, 1, 50, 400, 3_000]);
  }

  #name(): string {
    this.#count += 1;
    return `n${this.#count}`;
  }
}

/** What a step gives. */
export function stepValue(name: string, size: number): string {
  return `${name}:`.padEnd(size, 'x');
}
