/** Tells what happens to the demo's runs, read from their journals through the client. */
import { basename } from 'node:path';
import { formatDuration } from '../../base/duration.ts';
import type { ApprovalView, Client, EntryView, RunView } from '../../app/index.ts';

/** One thing that happened. `at` in milliseconds since the epoch. */
export interface StoryLine {
  readonly at: number;
  /** Whose run it is, for people. */
  readonly who: string;
  readonly mark: '✓' | '↻' | '?' | '●' | '✗' | '…';
  readonly text: string;
}

interface Progress {
  readonly who: string;
  nextSeq: number;
  state: RunView['state'] | undefined;
  readonly asked: Set<string>;
}

/** Reads the journals of some runs onwards. Holds a position per run, in memory only. */
export class Story {
  readonly #client: Client;
  readonly #definition: string;
  readonly #runs = new Map<string, Progress>();

  /** @param names Who is behind each run id; runs of other ids are not told. */
  constructor(client: Client, definition: string, names: ReadonlyMap<string, string>) {
    this.#client = client;
    this.#definition = definition;
    for (const [id, who] of names) {
      this.#runs.set(id, { who, nextSeq: 0, state: undefined, asked: new Set() });
    }
  }

  /** Skips what happened so far, except for what is still open. Returns the runs that exist already. */
  async skip(): Promise<readonly RunView[]> {
    const known = await this.#views();
    for (const view of known) {
      const progress = this.#runs.get(view.id);
      if (progress === undefined) continue;
      progress.nextSeq = (await this.#client.readHistory(view.id)).length;
      progress.state = view.state;
    }
    return known;
  }

  /** What happened since the last call, oldest first. */
  async next(): Promise<readonly StoryLine[]> {
    const lines: StoryLine[] = [];
    for (const view of await this.#views()) {
      const progress = this.#runs.get(view.id);
      if (progress !== undefined) lines.push(...(await this.#continue(view, progress)));
    }
    for (const approval of await this.#client.listApprovals()) {
      const progress = this.#runs.get(approval.runId);
      if (progress === undefined || progress.asked.has(approval.id)) continue;
      progress.asked.add(approval.id);
      lines.push({ at: approval.since, who: progress.who, mark: '?', text: tellQuestion(approval) });
    }
    return lines.toSorted((a, b) => a.at - b.at);
  }

  async #continue(view: RunView, progress: Progress): Promise<readonly StoryLine[]> {
    const lines: StoryLine[] = [];
    for (const entry of await this.#client.readHistory(view.id, { from: progress.nextSeq })) {
      progress.nextSeq = entry.seq + 1;
      const told = tellEntry(entry);
      if (told !== undefined) lines.push({ at: entry.at, who: progress.who, ...told });
    }
    if (view.state !== progress.state) {
      progress.state = view.state;
      const told = await this.#tellEnd(view);
      if (told !== undefined) lines.push({ at: view.endedAt ?? view.updatedAt, who: progress.who, ...told });
    }
    return lines;
  }

  async #tellEnd(view: RunView): Promise<Pick<StoryLine, 'mark' | 'text'> | undefined> {
    if (view.state === 'completed') return { mark: '●', text: 'is on board' };
    if (view.state !== 'failed' && view.state !== 'canceled' && view.state !== 'paused') return undefined;
    const { error } = await this.#client.showRun(view.id);
    return { mark: '✗', text: `${view.state}: ${error?.message ?? 'no reason given'}` };
  }

  async #views(): Promise<readonly RunView[]> {
    return this.#client.listRuns({ definition: this.#definition, limit: 1_000 });
  }
}

/** One entry for people; undefined for what needs no telling. */
export function tellEntry(entry: EntryView): Pick<StoryLine, 'mark' | 'text'> | undefined {
  const value = entry.value as Readonly<Record<string, unknown>> | null;
  if (entry.kind === 'attempt') {
    return { mark: '↻', text: `${entry.name}: attempt ${entry.attempt} failed, tries again` };
  }
  if (entry.kind === 'step') {
    if (entry.outcome !== 'ok') return { mark: '✗', text: `${entry.name} failed: ${text(value, 'message')}` };
    return {
      mark: '✓',
      text: `${tellStep(entry.name, value)}  (${formatDuration(entry.at - entry.startedAt)})`,
    };
  }
  if (entry.kind === 'approval') {
    if (entry.outcome !== 'ok') return { mark: '✗', text: `${entry.name}: nobody answered in time` };
    const verdict = value?.['approved'] === true ? 'approved' : 'refused';
    return { mark: '✓', text: `${entry.name}: ${verdict} by ${text(value, 'by')}` };
  }
  if (entry.kind === 'timer') return { mark: '✓', text: 'has slept; the survey is due' };
  if (entry.kind === 'cancel') return { mark: '✗', text: 'is asked to cancel' };
  return undefined;
}

function tellStep(name: string, value: Readonly<Record<string, unknown>> | null): string {
  if (name === 'create tenant') return `tenant ${text(value, 'id')} created`;
  if (name === 'provision database') return `database ${basename(text(value, 'file'))} provisioned`;
  if (name === 'send welcome mail') return `welcome mail sent to ${text(value, 'to')}`;
  if (name === 'activate') return 'account activated; sleeps until the survey';
  if (name === 'send survey') return `survey sent to ${text(value, 'to')}`;
  return name;
}

function tellQuestion(approval: ApprovalView): string {
  const whom = approval.to === null ? 'someone' : approval.to;
  return `waits for ${whom}: ${approval.question}`;
}

function text(value: Readonly<Record<string, unknown>> | null, field: string): string {
  const found = value?.[field];
  return typeof found === 'string' ? found : '';
}
