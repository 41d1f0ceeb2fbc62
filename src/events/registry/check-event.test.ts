import { describe, expect, it } from 'vitest';
import type { Compatibility } from '../model/compatibility.ts';
import { readCatalogue, type CataloguedEvent, type CataloguedSchema } from './catalogue.ts';
import { checkCatalogue, checkEvent } from './check-event.ts';
import type { JsonSchema } from './json-schema.ts';

/** A schema that takes what it gives. */
function schema(
  version: number,
  both: JsonSchema | null,
  upcasters: readonly number[] = [],
): CataloguedSchema {
  return { version, reads: both, writes: both, upcasters, since: null };
}

function event(compatibility: Compatibility, ...schemas: readonly CataloguedSchema[]): CataloguedEvent {
  return { topic: 't', type: 'made', compatibility, version: schemas.at(-1)?.version ?? 1, schemas };
}

const [small, middle, large] = [{ enum: [1] }, { enum: [1, 2] }, { enum: [1, 2, 3] }] as const;

/** What a change from the middle schema is in each mode: to a larger one, to a smaller one, to another one. */
const modes: readonly (readonly [Compatibility, string, string, string])[] = [
  ['none', 'unchecked', 'unchecked', 'unchecked'],
  ['backward', 'compatible', 'incompatible', 'incompatible'],
  ['forward', 'incompatible', 'compatible', 'incompatible'],
  ['full', 'incompatible', 'incompatible', 'incompatible'],
  ['backwardTransitive', 'compatible', 'incompatible', 'incompatible'],
  ['forwardTransitive', 'incompatible', 'compatible', 'incompatible'],
  ['fullTransitive', 'incompatible', 'incompatible', 'incompatible'],
];

describe('a new version', () => {
  it.each(modes)('%s allows what it names', (mode, larger, smaller, different) => {
    const deployed = event(mode, schema(1, middle));
    const results = [large, small, { enum: ['x'] }].map(
      (next) => checkEvent(event(mode, schema(2, next)), deployed).result,
    );
    expect(results).toEqual([larger, smaller, different]);
  });

  it.each<readonly [Compatibility, boolean]>([
    ['backward', true],
    ['backwardTransitive', false],
    ['forward', false],
    ['forwardTransitive', false],
  ])('%s looks back as far as it says', (mode, isOk) => {
    const deployed = event(mode, schema(1, large), schema(2, small));
    expect(checkEvent(event(mode, schema(3, middle)), deployed).isOk).toBe(isOk);
  });

  it('is bridged backward by an upcaster on the way, not forward', () => {
    const deployed = event('full', schema(1, large), schema(2, middle));
    const { checks, result } = checkEvent(event('fullTransitive', schema(3, small, [2])), deployed);
    expect(result).toBe('bridged');
    expect(checks.map(({ direction, version, outcome }) => [direction, version, outcome])).toEqual([
      ['backward', 1, 'bridged'],
      ['forward', 1, 'compatible'],
      ['backward', 2, 'bridged'],
      ['forward', 2, 'compatible'],
    ]);
    expect(checks[0]?.note).toBe('upcasters lead from version 2 on; what they do is not judged');
    const forward = checkEvent(event('full', schema(3, large, [2])), deployed);
    expect(forward.result).toBe('incompatible');
  });

  it('is not bridged by an upcaster that lies before', () => {
    const deployed = event('backward', schema(1, large), schema(2, middle));
    expect(checkEvent(event('backward', schema(3, small, [1])), deployed).result).toBe('incompatible');
  });
});

describe('what was deployed', () => {
  it('is unchanged in its schema, and new where nothing was', () => {
    const declared = event('backward', schema(1, small));
    expect(checkEvent(declared, undefined)).toMatchObject({ result: 'new', deployed: null, isOk: true });
    const deployed = event('backward', { ...schema(1, small), since: 5 });
    expect(checkEvent(declared, deployed)).toMatchObject({ result: 'unchanged', deployed: 1, checks: [] });
  });

  it('cannot be read by older code, unless that is promised', () => {
    const deployed = event('backward', schema(1, middle), schema(2, small));
    const { isOk, checks } = checkEvent(event('backward', schema(1, middle)), deployed);
    expect(isOk).toBe(false);
    expect(checks[0]?.differences[0]).toMatchObject({ rule: 'versionNewer' });
    expect(checkEvent(event('full', schema(1, middle)), deployed).checks[0]?.outcome).toBe('compatible');
  });

  it('is not compared where nothing describes it, and that is no fault', () => {
    const described = event('full', schema(1, small));
    const { isOk, result, checks } = checkEvent(event('full', schema(2, null)), described);
    expect([isOk, result]).toEqual([true, 'not comparable']);
    expect(checks.map(({ note }) => note)).toEqual([
      'there is no JSON Schema of what is read',
      'there is no JSON Schema of what is written',
    ]);
  });

  it('fits code that takes everything, whatever it is', () => {
    const anything = event('backward', { ...schema(2, null), reads: true });
    expect(checkEvent(anything, event('backward', schema(1, null))).result).toBe('compatible');
  });

  it('fails the check where nothing can be proved', () => {
    const [before, after] = ['^ab', '^a'].map((pattern) => ({ type: 'string', pattern }));
    const check = checkEvent(event('backward', schema(2, after!)), event('backward', schema(1, before!)));
    expect(check).toMatchObject({ result: 'undecided', isOk: false });
  });

  it('is told to be removed if its topic is still declared', () => {
    const deployed = {
      events: [
        event('backward', schema(1, small)),
        { ...event('backward', schema(1, small)), type: 'gone' },
        { ...event('backward', schema(1, small)), topic: 'other' },
      ],
    };
    const { isOk, events } = checkCatalogue({ events: [event('backward', schema(1, small))] }, deployed);
    expect(isOk).toBe(true);
    expect(events.map(({ type, result }) => [type, result])).toEqual([
      ['made', 'unchanged'],
      ['gone', 'removed'],
    ]);
  });
});

describe('a catalogue that somebody else wrote', () => {
  const good = event('backward', schema(1, small));

  it('is read as it is', () => {
    expect(readCatalogue({ events: [good] }, 'It')).toEqual({ events: [good] });
  });

  it.each<readonly [unknown, RegExp]>([
    [[], /It is no catalogue of events: it has no list of events/],
    [{ events: [5] }, /events\[0\] is no object/],
    [{ events: [good, { ...good, type: 1 }] }, /events\[1\] has no topic or no type/],
    [{ events: [{ ...good, compatibility: 'BACKWARD' }] }, /has no compatibility/],
    [{ events: [{ ...good, version: 0 }] }, /has no version/],
    [{ events: [{ ...good, schemas: [] }] }, /has no schemas/],
    [{ events: [{ ...good, schemas: [{ ...schema(1, small), reads: 'x' }] }] }, /schemas\[0\] without/],
  ])('is refused where it is none: %j', (value, message) => {
    expect(() => readCatalogue(value, 'It')).toThrow(message);
  });
});
