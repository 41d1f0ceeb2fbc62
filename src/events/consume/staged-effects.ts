import type { CellWrite, GuardedChange } from '../../engine/index.ts';

type GuardedAppend = NonNullable<GuardedChange['appends']>[number];

/** What handlers did through their contexts, waiting for the commit that also advances the cursor. */
export class StagedEffects {
  readonly cells: CellWrite[] = [];
  readonly starts: GuardedChange['starts'][number][] = [];
  readonly sends: GuardedChange['sends'][number][] = [];
  readonly appends: GuardedAppend[] = [];
  /** Runs that must be open when it is committed; if one has ended, everything is handled anew. */
  readonly openRuns: number[] = [];
  /** Events whose signal found no run; the cursor counts them. */
  unreached = 0;

  get isEmpty(): boolean {
    return (
      this.cells.length + this.starts.length + this.sends.length + this.appends.length + this.unreached === 0
    );
  }

  /** Takes over what another holds. */
  add(more: StagedEffects): void {
    for (const cell of more.cells) this.cells.push(cell);
    for (const start of more.starts) this.starts.push(start);
    for (const send of more.sends) this.sends.push(send);
    for (const append of more.appends) this.appends.push(append);
    for (const run of more.openRuns) this.openRuns.push(run);
    this.unreached += more.unreached;
  }
}
