import { newId } from '../../base/ids.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { absentCell, type CellRecord, type Engine } from '../../engine/index.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import { redriveTopic } from '../runtime/redrive-topic.ts';
import { deadLetterSpace } from './dead-letter-cells.ts';
import type { DeadLetterQuery } from './dead-letter.ts';
import { findLetters, type FoundLetter } from './find-letters.ts';
import { redrivenRecord } from './redriven-record.ts';
import { intervalOf, type RedriveJob, type RedriveJobOptions, type RedriveView } from './redrive-job.ts';

const space = 'redrives';
const redrivesMaxDefault = 5;
/** Letters looked at by one commit. */
const stepMax = 200;
/** A job that was late catches up by this much at most; the rest of the time is lost. Milliseconds. */
const catchUpMs = 1_000;
const auditMax = 500;
const failedIdsMax = 100;
const endedKept = 100;
const jobsMax = 10_000;
const triesMax = 50;

interface StoredJob {
  readonly job: RedriveJob;
  readonly cell: CellRecord;
}

/**
 * Redrives that go on by themselves. A job is a cell. Each step is one commit: the letters off the list, their events into
 * the subscription's redrive log, and the job's new state, all guarded by the versions read. So a crash leaves a step done
 * or not begun, and of two workers at one job only one gets its commit through.
 */
export class RedriveDesk {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @throws TUTTI_OPTION_INVALID, TUTTI_PATTERN_INVALID: nothing was begun. */
  async start(settings: SubscriptionSettings, options: RedriveJobOptions): Promise<RedriveView> {
    const { rate, redrivesMax = redrivesMaxDefault, by = null, ids, cause, filter, limit } = options;
    intervalOf(rate);
    if (!Number.isInteger(redrivesMax) || redrivesMax < 1) {
      const expected = `redrivesMax of a redrive is ${redrivesMax}; expected a whole number of at least 1.`;
      throw new TuttiError('TUTTI_OPTION_INVALID', expected);
    }
    const query: DeadLetterQuery = {
      ...(ids === undefined ? {} : { ids }),
      ...(cause === undefined ? {} : { cause }),
      ...(filter === undefined ? {} : { filter }),
      ...(limit === undefined ? {} : { limit }),
    };
    const place = { topic: settings.topic.name, subscription: settings.name };
    let matched = 0;
    for await (const _ of findLetters(this.#engine, place, query)) matched += 1;
    const { clock, random } = this.#engine;
    const now = clock.now();
    const id = newId(clock, random);
    const counts = { matched, redriven: 0, guarded: 0 };
    const job: RedriveJob = {
      ...{ id, ...place, query, rate, redrivesMax, state: 'running', by, startedAt: now, endedAt: null },
      ...{ ...counts, after: '', nextAt: now, audit: [] },
    };
    await this.#engine.change({
      when: [{ space, key: id, version: absentCell }],
      cells: [{ space, key: id, value: JSON.stringify(job) }],
      starts: [],
      sends: [],
    });
    await this.#forgetEnded();
    return this.#view(job);
  }

  /** The newest first. */
  async list(): Promise<readonly RedriveView[]> {
    const jobs = (await this.#jobs()).toReversed();
    return Promise.all(jobs.map(({ job }) => this.#view(job)));
  }

  /** @throws TUTTI_REDRIVE_NOT_FOUND */
  async show(id: string): Promise<RedriveView> {
    return this.#view((await this.#read(id)).job);
  }

  /** What was redriven stays so; one that has ended stays as it is. @throws TUTTI_REDRIVE_NOT_FOUND */
  async stop(id: string): Promise<RedriveView> {
    for (let tries = 0; tries < triesMax; tries += 1) {
      const { job, cell } = await this.#read(id);
      if (job.state !== 'running') return this.#view(job);
      const stopped: RedriveJob = { ...job, state: 'stopped', endedAt: this.#engine.clock.now() };
      if (await this.#commit({ job, cell }, stopped, [])) return this.#view(stopped);
    }
    throw new TuttiError('TUTTI_STORE_BUSY', `Redrive "${id}" changes too fast to be stopped; try again.`);
  }

  /** Does what every running job is due. Called again and again by each worker. */
  async work(): Promise<void> {
    for (const stored of await this.#jobs()) if (stored.job.state === 'running') await this.#step(stored);
  }

  /** When the next running job has something due; null when none runs. Milliseconds since the epoch. */
  async nextDue(): Promise<number | null> {
    const running = (await this.#jobs()).filter(({ job }) => job.state === 'running');
    return running.length === 0 ? null : Math.min(...running.map(({ job }) => job.nextAt));
  }

  async #step(stored: StoredJob): Promise<void> {
    const { job } = stored;
    const now = this.#engine.clock.now();
    const interval = intervalOf(job.rate);
    if (job.nextAt > now) return;
    const from = Math.max(job.nextAt, now - catchUpMs);
    const due = Math.min(stepMax, Math.floor((now - from) / interval) + 1);
    const redriven: FoundLetter[] = [];
    const audit = [...job.audit];
    let { after, guarded } = job;
    let isAtEnd = true;
    for await (const found of this.#rest(job)) {
      if (redriven.length === due) {
        isAtEnd = false;
        break;
      }
      const { letter } = found;
      after = letter.id;
      const isGuarded = (letter.redrives ?? 0) >= job.redrivesMax;
      if (isGuarded) guarded += 1;
      else redriven.push(found);
      audit.push({ id: letter.id, became: isGuarded ? 'guarded' : 'redriven', at: now });
    }
    const next: RedriveJob = {
      ...job,
      ...{ after, guarded, audit: audit.slice(-auditMax), nextAt: from + redriven.length * interval },
      redriven: job.redriven + redriven.length,
      ...(isAtEnd ? { state: 'finished', endedAt: now } : {}),
    };
    // Somebody was faster, or a letter went meanwhile: the next round reads anew.
    await this.#commit(stored, next, redriven);
  }

  /** The letters that a job still has before it. What was given up on after its start is none of them: it never goes in circles. */
  async *#rest(job: RedriveJob): AsyncGenerator<FoundLetter> {
    const { limit = Number.POSITIVE_INFINITY, ...query } = job.query;
    let room = limit - job.redriven - job.guarded;
    if (room <= 0) return;
    for await (const found of findLetters(this.#engine, job, query)) {
      if (found.letter.at > job.startedAt) continue;
      yield found;
      room -= 1;
      if (room <= 0) return;
    }
  }

  async #commit({ cell }: StoredJob, next: RedriveJob, letters: readonly FoundLetter[]): Promise<boolean> {
    const job = { space, key: next.id };
    const dead = deadLetterSpace(next.topic, next.subscription);
    const records = letters.map(({ letter }) => ({ bytes: redrivenRecord(letter, next.id), dedupe: null }));
    const append = {
      topic: redriveTopic(next.topic, next.subscription),
      partition: 0,
      at: this.#engine.clock.now(),
      records,
    };
    const { applied } = await this.#engine.change({
      when: [
        { ...job, version: cell.version },
        ...letters.map((found) => ({ space: dead, key: found.cell.key, version: found.cell.version })),
      ],
      cells: [
        { ...job, value: JSON.stringify(next) },
        ...letters.map((found) => ({ space: dead, key: found.cell.key, value: null })),
      ],
      starts: [],
      sends: [],
      appends: records.length === 0 ? [] : [append],
    });
    return applied;
  }

  async #view(job: RedriveJob): Promise<RedriveView> {
    let left = 0;
    if (job.state === 'running') for await (const _ of this.#rest(job)) left += 1;
    let failedAgain = 0;
    const failedIds: string[] = [];
    const place = { topic: job.topic, subscription: job.subscription };
    for await (const { letter } of findLetters(this.#engine, place, {})) {
      if (letter.redrivenBy !== job.id) continue;
      failedAgain += 1;
      if (failedIds.length < failedIdsMax) failedIds.push(letter.id);
    }
    return { ...job, left, failedAgain, failedIds };
  }

  async #read(id: string): Promise<StoredJob> {
    const cell = await this.#engine.store.getCell(space, id);
    if (cell !== null) return this.#stored(cell);
    throw new TuttiError('TUTTI_REDRIVE_NOT_FOUND', `There is no redrive "${id}".`, { details: { id } });
  }

  async #jobs(): Promise<readonly StoredJob[]> {
    const cells = await this.#engine.store.listCells(space, { limit: jobsMax });
    return cells.map((cell) => this.#stored(cell));
  }

  #stored(cell: CellRecord): StoredJob {
    return { cell, job: JSON.parse(this.#engine.payloads.textNow(cell.value) ?? 'null') as RedriveJob };
  }

  async #forgetEnded(): Promise<void> {
    const ended = (await this.#jobs()).filter(({ job }) => job.state !== 'running');
    for (const { cell } of ended.slice(0, Math.max(0, ended.length - endedKept))) {
      const name = { space, key: cell.key };
      const when = [{ ...name, version: cell.version }];
      await this.#engine.change({ when, cells: [{ ...name, value: null }], starts: [], sends: [] });
    }
  }
}
