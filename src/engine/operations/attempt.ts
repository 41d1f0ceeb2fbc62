import { decodeValue, encodeValue } from '../../base/codec.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { Cause } from '../model/cause.ts';
import type { CellName, CellWrite } from '../model/cell.ts';
import type { LogLevel } from '../model/log.ts';
import type { RunState } from '../model/run.ts';
import type { TopicAppend } from '../model/topic.ts';
import type { PreparePublish, StepAttempt } from '../run-handle.ts';
import { readCellValues, readRunOutput } from './attempt-reads.ts';
import type { Identity, OperationHost } from './operation.ts';

/** The step that an attempt is one of. */
interface AttemptedStep {
  readonly host: OperationHost;
  readonly identity: Identity;
  readonly cause: Cause;
}

/** One try of a step as its body sees it. What the body does through it is gathered here, and written if the try ends well (I4). */
export class Attempt implements StepAttempt {
  readonly attempt: number;
  readonly startedAt: number;
  /** What the body wrote so far; null for nothing, which is what most bodies write. */
  cells: CellWrite[] | null = null;
  /** Nothing that is published from now on could be part of it. */
  isOver = false;
  readonly #step: AttemptedStep;
  /** In the order of the calls; null for nothing. */
  #published: Promise<TopicAppend>[] | null = null;
  #controller: AbortController | null = null;
  #abortedWith: Error | null = null;

  constructor(step: AttemptedStep, attempt: number, startedAt: number) {
    this.#step = step;
    this.attempt = attempt;
    this.startedAt = startedAt;
  }

  get idempotencyKey(): string {
    const { id, seed } = this.#step.host.record;
    return `${id}:${seed.toString(36)}:${this.#step.identity.key}`;
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#abortedWith !== null) this.#controller.abort(this.#abortedWith);
    }
    return this.#controller.signal;
  }

  log(level: LogLevel, text: string): void {
    const { host, identity } = this.#step;
    host.log({ key: identity.key, attempt: this.attempt, level, text });
  }

  publish(prepare: PreparePublish): Promise<void> {
    if (this.isOver) return Promise.reject(this.#abortedWith ?? this.#tooLate());
    const { host, cause } = this.#step;
    const prepared = prepare({ runId: host.record.id, ...cause });
    (this.#published ??= []).push(prepared);
    const done = prepared.then(ignore);
    // The end of the attempt looks at every one of them, so one that nobody awaits is no unhandled rejection.
    done.catch(ignore);
    return done;
  }

  /** The records of everything that was published, in the order of the calls; null for nothing. Takes no more from now on. */
  takePublished(): Promise<readonly TopicAppend[]> | null {
    this.isOver = true;
    return this.#published === null ? null : Promise.all(this.#published);
  }

  writeCell(write: CellWrite): void {
    this.cells ??= [];
    this.cells.push(write);
  }

  async readCellValue({ space, key }: CellName): Promise<unknown> {
    const { store, payloads } = this.#step.host.services;
    const cell = await store.getCell(space, key);
    return cell === null ? undefined : decodeValue(await payloads.text(cell.value));
  }

  readCellValues(space: string, prefix: string): Promise<ReadonlyMap<string, unknown>> {
    return readCellValues(this.#step.host.services, space, prefix);
  }

  readRunOutput(id: string, generation?: number): Promise<{ readonly output: unknown } | null> {
    return readRunOutput(this.#step.host.services, { id, generation, signal: this.signal });
  }

  async readRunState(id: string): Promise<RunState | null> {
    return (await this.#step.host.services.store.findRun(id))?.state ?? null;
  }

  writeCellValue({ space, key }: CellName, value: unknown): boolean {
    const what = `the value of cell "${space}/${key}"`;
    const payload = this.#step.host.services.payloads.inline(encodeValue(value, what), what);
    if (payload !== null) this.writeCell({ space, key, value: payload });
    return payload !== null;
  }

  abort(reason: Error): void {
    this.#abortedWith = reason;
    this.#controller?.abort(reason);
  }

  #tooLate(): TuttiError {
    const { host, identity } = this.#step;
    return new TuttiError(
      'TUTTI_EVENT_TOO_LATE',
      `"${identity.name}" of run "${host.record.id}" published an event after its attempt ${this.attempt} had ended.`,
      { details: { runId: host.record.id, key: identity.key } },
    );
  }
}

function ignore(): void {
  // The value is of no use to the body, and the attempt's end sees the error.
}
