import { parsePattern, PatternIndex } from 'tutti';
import { median, millisecondsOf, type Bench, type Figure } from '../bench.ts';

const countries = ['DE', 'FR', 'IT', 'ES', 'PL', 'SE', 'NO', 'FI', 'DK', 'NL'];

/** Subscriptions as they are written: types, ranges, prefixes, negations, two or three fields each. */
function patternOf(n: number): unknown {
  const type = [`order.${n % 7}`];
  switch (n % 4) {
    case 0:
      return { type, data: { total: [{ numeric: ['>', 10 * n] }] } };
    case 1:
      return { type, data: { country: [{ 'anything-but': [countries[n % 10]] }], vip: [true] } };
    case 2:
      return { type, data: { lines: { sku: [{ prefix: `P${n % 50}-` }] } } };
    default:
      return { data: { customer: [`c${n}`], $or: [{ country: [countries[n % 10]] }, { vip: [true] }] } };
  }
}

const events = Array.from({ length: 1_000 }, (_, n) => ({
  id: `e${n}`,
  type: `order.${n % 9}`,
  data: {
    total: (n * 37) % 2_000,
    country: countries[n % 10],
    vip: n % 5 === 0,
    customer: `c${n % 300}`,
    lines: [{ sku: `P${n % 60}-1` }, { sku: `Q${n % 60}-1` }],
  },
}));

async function measureMatch(subscriptions: number): Promise<Figure> {
  const index = new PatternIndex(
    Array.from({ length: subscriptions }, (_, n) => parsePattern(patternOf(n), 'The pattern')),
  );
  const found: number[] = [];
  for (let round = 0; round <= 9; round += 1) {
    const ms = await millisecondsOf(() => {
      for (let n = 0; n < 50_000; n += 1) index.match(events[n % events.length]);
    });
    if (round > 0) found.push(50_000_000 / ms);
  }
  return { name: `match ${subscriptions}`, value: median(found), unit: 'events/s', floor: null };
}

/** Parsed events against all subscriptions at once. */
export const match: Bench = {
  name: 'match',
  summary: 'which of 100 and 1,000 subscriptions match a parsed event; events/s',
  measure: async () => [await measureMatch(100), await measureMatch(1_000)],
};
