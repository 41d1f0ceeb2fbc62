/**
 * The catalogue of what was deployed, in the store.
 *
 * Owns: the cells of the space `catalogue`, one per event of a topic: its schemas in the order in which they were first started.
 * A process that starts adds what it declares, in one guarded group; of processes that start at once each adds to what the
 * others wrote. Nothing is written when nothing is new. Of each event the last 100 schemas are kept: what is forgotten is compared with no
 * more, and counts as new when it comes back.
 */
import type { Logger } from '../../base/logger.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { absentCell, type Engine } from '../../engine/index.ts';
import type { TopicSettings } from '../model/topic-settings.ts';
import { newestSchema, type Catalogue, type CataloguedEvent } from './catalogue.ts';
import { checkEvent, isSameSchema, type EventCheck } from './check-event.ts';
import { declaredCatalogue } from './declared-catalogue.ts';

const space = 'catalogue';
const pageSize = 1_000;
/** Schemas kept per event, the newest ones. */
const schemasMax = 100;
/** How often an entry is made anew because another process was faster. */
const triesMax = 50;

/** An entry as it was read. */
interface StoredEntry {
  readonly event: CataloguedEvent | undefined;
  readonly version: number;
}

/** See the top of the file. */
export class SchemaRegistry {
  readonly #engine: Engine;
  readonly #logger: Logger;

  constructor(engine: Engine, logger: Logger) {
    this.#engine = engine;
    this.#logger = logger;
  }

  /** What was deployed on this store. */
  async deployed(): Promise<Catalogue> {
    const events: CataloguedEvent[] = [];
    for (let after: string | undefined; ;) {
      const page = await this.#engine.store.listCells(space, {
        limit: pageSize,
        ...(after === undefined ? {} : { after }),
      });
      for (const { value } of page) events.push(this.#read(value));
      after = page.at(-1)?.key;
      if (page.length < pageSize) return { events };
    }
  }

  /**
   * Enters what the topics declare. A schema that was deployed before may come back: a roll-back is not refused.
   *
   * @param mode `refuse` what breaks the compatibility; `warn` of it and enter it all the same, while code is being written.
   * @throws TUTTI_EVENT_INCOMPATIBLE naming both versions and the first difference, TUTTI_STORE_*: nothing was entered.
   */
  async register(topics: readonly TopicSettings[], mode: 'refuse' | 'warn'): Promise<void> {
    const declared = declaredCatalogue(topics).events;
    for (let tries = 0; tries < triesMax; tries += 1) {
      if (await this.#enter(declared, mode)) return;
    }
    throw new TuttiError(
      'TUTTI_STORE_BUSY',
      'The catalogue of events changes too fast to be written; try again.',
    );
  }

  async #enter(declared: readonly CataloguedEvent[], mode: 'refuse' | 'warn'): Promise<boolean> {
    const changes: { readonly event: CataloguedEvent; readonly version: number }[] = [];
    const now = this.#engine.clock.now();
    const failed: EventCheck[] = [];
    for (const one of declared) {
      const stored = await this.#stored(one);
      const event = withDeclared(stored.event, one, now);
      if (event === null) continue;
      changes.push({ event, version: stored.version });
      if (isKnown(stored.event, one)) continue;
      const check = checkEvent(one, stored.event);
      if (!check.isOk || check.result === 'not comparable') this.#tell(check, mode, failed);
    }
    if (changes.length === 0) return true;
    const [first] = failed;
    if (first !== undefined) throw incompatible(first);
    const cells = changes.map(({ event }) => ({ ...cellOf(event), value: JSON.stringify(event) }));
    const when = changes.map(({ event, version }) => ({ ...cellOf(event), version }));
    const { applied } = await this.#engine.change({ when, cells, starts: [], sends: [] });
    return applied;
  }

  /** Only what is certain is refused: a start must not fail because a comparison is too hard. */
  #tell(check: EventCheck, mode: 'refuse' | 'warn', failed: EventCheck[]): void {
    if (check.result === 'not comparable') return;
    if (check.result === 'incompatible' && mode === 'refuse') {
      failed.push(check);
      return;
    }
    this.#logger.warn('The schema of an event changed, and that may break its compatibility.', {
      topic: check.topic,
      type: check.type,
      reason: reasonOf(check),
    });
  }

  async #stored(event: CataloguedEvent): Promise<StoredEntry> {
    const { key } = cellOf(event);
    const cell = await this.#engine.store.getCell(space, key);
    return cell === null
      ? { event: undefined, version: absentCell }
      : { event: this.#read(cell.value), version: cell.version };
  }

  #read(value: Parameters<Engine['payloads']['textNow']>[0]): CataloguedEvent {
    return JSON.parse(this.#engine.payloads.textNow(value) ?? 'null') as CataloguedEvent;
  }
}

function cellOf({ topic, type }: CataloguedEvent): { readonly space: string; readonly key: string } {
  return { space, key: `${topic}/${type}` };
}

function isKnown(stored: CataloguedEvent | undefined, declared: CataloguedEvent): boolean {
  return stored?.schemas.some((one) => isSameSchema(one, newestSchema(declared))) === true;
}

/** The entry with what is declared in it; null if nothing of it is new. */
function withDeclared(
  stored: CataloguedEvent | undefined,
  declared: CataloguedEvent,
  now: number,
): CataloguedEvent | null {
  const { version, compatibility } = declared;
  const schema = { ...newestSchema(declared), since: now };
  if (stored === undefined) return { ...declared, schemas: [schema] };
  const isAsIt = stored.version === version && stored.compatibility === compatibility;
  if (!isKnown(stored, declared)) {
    return { ...stored, version, compatibility, schemas: [...stored.schemas, schema].slice(-schemasMax) };
  }
  return isAsIt ? null : { ...stored, version, compatibility };
}

function incompatible(check: EventCheck): TuttiError {
  const { topic, type, version, compatibility } = check;
  return new TuttiError(
    'TUTTI_EVENT_INCOMPATIBLE',
    `Event "${type}" of topic "${topic}", declared as version ${version}, is not ${compatibility} compatible with what was deployed: ${reasonOf(check)}`,
    { details: { topic, type, version, compatibility } },
  );
}

function reasonOf({ checks, version }: EventCheck): string {
  const failed = checks.filter(({ differences }) => differences.length > 0);
  return failed
    .map(({ direction, version: deployed, differences }) => {
      const [from, to] = direction === 'backward' ? [deployed, version] : [version, deployed];
      const [first] = differences;
      const more = differences.length > 1 ? ` And ${differences.length - 1} more.` : '';
      return `events of version ${from} read by code of version ${to}: ${first?.path}: ${first?.text}${more}`;
    })
    .join(' ');
}
