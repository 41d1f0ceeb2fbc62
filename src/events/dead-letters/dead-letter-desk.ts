import { encodeRecord, type CellRecord, type Engine } from '../../engine/index.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import { matchesPattern } from '../pattern/match-pattern.ts';
import { parsePattern } from '../pattern/parse-pattern.ts';
import { redriveTopic } from '../runtime/redrive-topic.ts';
import type { DeadLetter, DeadLetterQuery, RedriveOptions, RedriveReport } from './dead-letter.ts';
import { deadLetterSpace } from './dead-letter-cells.ts';

/** Dead letters looked at by one read. */
const pageSize = 500;
const listedDefault = 100;

interface FoundLetter {
  readonly letter: DeadLetter;
  readonly cell: CellRecord;
}

/** Lists, redrives and discards what subscriptions gave up on. */
export class DeadLetterDesk {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async list(settings: SubscriptionSettings, query: DeadLetterQuery): Promise<readonly DeadLetter[]> {
    const found: DeadLetter[] = [];
    for await (const { letter } of this.#find(settings, { limit: listedDefault, ...query }))
      found.push(letter);
    return found;
  }

  /**
   * Each dead letter goes in one commit: off the list, and into the subscription's own redrive log. What was redriven before
   * a crash is not redriven again.
   */
  async redrive(settings: SubscriptionSettings, options: RedriveOptions): Promise<RedriveReport> {
    const causes: Record<string, number> = {};
    let matched = 0;
    let redriven = 0;
    for await (const { letter, cell } of this.#find(settings, options)) {
      matched += 1;
      causes[letter.cause] = (causes[letter.cause] ?? 0) + 1;
      if (options.dryRun !== true && (await this.#redriveOne(settings, { letter, cell }, options)))
        redriven += 1;
    }
    return { matched, redriven, causes };
  }

  async discard(settings: SubscriptionSettings, query: DeadLetterQuery): Promise<number> {
    let discarded = 0;
    for await (const { letter, cell } of this.#find(settings, query)) {
      const name = { space: deadLetterSpace(letter.topic, letter.subscription), key: cell.key };
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
    options: RedriveOptions,
  ): Promise<boolean> {
    const { edit } = options;
    const kept = letter.isBinary ? Buffer.from(letter.data, 'base64') : letter.data;
    const data = edit === undefined ? kept : JSON.stringify(edit(JSON.parse(String(kept))));
    // The event keeps its identity: handlers see where it was first, and the same idempotency key.
    const attributes = letter.attributes === '' ? {} : (JSON.parse(letter.attributes) as object);
    const origin = [letter.topic, letter.partition, letter.offset];
    const bytes = encodeRecord({
      type: letter.type,
      id: letter.eventId,
      key: letter.key,
      time: letter.time,
      attributes: JSON.stringify({ ...attributes, o: origin }),
      data,
    });
    const name = { space: deadLetterSpace(letter.topic, letter.subscription), key: cell.key };
    const { applied } = await this.#engine.change({
      when: [{ ...name, version: cell.version }],
      cells: [{ ...name, value: null }],
      starts: [],
      sends: [],
      appends: [
        {
          topic: redriveTopic(settings.topic.name, settings.name),
          partition: 0,
          at: this.#engine.clock.now(),
          records: [{ bytes, dedupe: null }],
        },
      ],
    });
    return applied;
  }

  async *#find(settings: SubscriptionSettings, query: DeadLetterQuery): AsyncGenerator<FoundLetter> {
    const { store, payloads } = this.#engine;
    const { ids, cause, filter, limit = Number.POSITIVE_INFINITY } = query;
    const pattern = filter === undefined ? null : parsePattern(filter, 'The filter of dead letters');
    const space = deadLetterSpace(settings.topic.name, settings.name);
    let found = 0;
    let after = '';
    for (;;) {
      const cells = await store.listCells(space, { after, limit: pageSize });
      for (const cell of cells) {
        after = cell.key;
        const letter = JSON.parse(payloads.textNow(cell.value) ?? 'null') as DeadLetter | null;
        if (letter === null || (ids !== undefined && !ids.includes(letter.id))) continue;
        if (cause !== undefined && letter.cause !== cause) continue;
        if (pattern !== null && !matchesPattern(pattern, viewOf(letter))) continue;
        if (found === limit) return;
        found += 1;
        yield { letter, cell };
      }
      if (cells.length < pageSize) return;
    }
  }
}

function viewOf(letter: DeadLetter): unknown {
  const { type, key, eventId: id } = letter;
  try {
    return { type, key, id, data: letter.isBinary ? null : JSON.parse(letter.data) };
  } catch {
    return { type, key, id };
  }
}
