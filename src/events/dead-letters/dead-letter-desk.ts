import type { Engine } from '../../engine/index.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import { cursorNameOf } from '../consume/cursor-name.ts';
import { redriveTopic } from '../runtime/redrive-topic.ts';
import type { DeadLetter, DeadLetterQuery, RedriveOptions, RedriveReport } from './dead-letter.ts';
import { deadLetterSpace } from './dead-letter-cells.ts';
import { findLetters, type FoundLetter } from './find-letters.ts';
import { canRedrive, redrivenRecord } from './redriven-record.ts';

const listedDefault = 100;

/** Lists, redrives at once, and discards what subscriptions gave up on. */
export class DeadLetterDesk {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async list(settings: SubscriptionSettings, query: DeadLetterQuery): Promise<readonly DeadLetter[]> {
    const found: DeadLetter[] = [];
    for await (const { letter, isUnreadable } of this.#find(settings, { limit: listedDefault, ...query }))
      if (!isUnreadable) found.push(letter);
    return found;
  }

  /**
   * Each dead letter goes in one commit: off the list, and into the redrive log of the cursor that gave up on it. What was
   * redriven before a crash is not redriven again.
   */
  async redrive(settings: SubscriptionSettings, options: RedriveOptions): Promise<RedriveReport> {
    const causes: Record<string, number> = {};
    let matched = 0;
    let redriven = 0;
    let unreadable = 0;
    for await (const found of this.#find(settings, options)) {
      if (found.isUnreadable || !canRedrive(found.letter, options.edit)) {
        unreadable += 1;
        continue;
      }
      const { cause } = found.letter;
      matched += 1;
      causes[cause] = (causes[cause] ?? 0) + 1;
      if (options.dryRun !== true && (await this.#redriveOne(settings, found, options))) redriven += 1;
    }
    return { matched, redriven, unreadable, causes, job: null };
  }

  async discard(settings: SubscriptionSettings, query: DeadLetterQuery): Promise<number> {
    let discarded = 0;
    for await (const { letter, cell, isUnreadable } of this.#find(settings, query)) {
      if (isUnreadable) continue;
      const name = { space: deadLetterSpace(letter), key: cell.key };
      const when = [{ ...name, version: cell.version }];
      const { applied } = await this.#engine.change({
        when,
        cells: [{ ...name, value: null }],
        starts: [],
        sends: [],
      });
      if (applied) discarded += 1;
    }
    return discarded;
  }

  async #redriveOne(
    settings: SubscriptionSettings,
    { letter, cell }: FoundLetter,
    { edit }: RedriveOptions,
  ): Promise<boolean> {
    const name = { space: deadLetterSpace(letter), key: cell.key };
    const { applied } = await this.#engine.change({
      when: [{ ...name, version: cell.version }],
      cells: [{ ...name, value: null }],
      starts: [],
      sends: [],
      appends: [
        {
          topic: redriveTopic(settings.topic.name, cursorNameOf(settings.name, letter.replay)),
          partition: 0,
          at: this.#engine.clock.now(),
          records: [{ bytes: redrivenRecord(letter, null, edit), dedupe: null }],
        },
      ],
    });
    return applied;
  }

  #find(settings: SubscriptionSettings, query: DeadLetterQuery): AsyncGenerator<FoundLetter> {
    const place = { topic: settings.topic.name, subscription: settings.name };
    return findLetters(this.#engine, place, query);
  }
}
