/** What it costs to run, from inputs that are all shown and can all be replaced. Ranges, because nothing here is measured. */
import { TuttiError } from '../base/tutti-error.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import type { Chosen } from './judge.ts';
import { componentHours, componentsOf, type Component, type HoursRange } from './operating-hours.ts';
import type { Paradigm } from './paradigm.ts';
import { levelOf } from './skill-gaps.ts';

/** A range of an amount. */
type AmountRange = HoursRange;

/** One number the estimate depends on. */
interface CostInput extends AmountRange {
  readonly id: CostInputId;
  readonly label: string;
  readonly unit: string;
  /** `assumption`: ours, until measured; `yours`: given by you. */
  readonly source: 'assumption' | 'yours';
}

/** Everything that can be replaced. */
export const costInputIds = [
  'processes',
  'processPrice',
  'storeGb',
  'storeGbPrice',
  'brokerNodes',
  'brokerNodePrice',
  'operatingHours',
  'hourlyRate',
  'trainingWeeks',
  'trainingHoursPerWeek',
] as const;

/** The name of an input. */
type CostInputId = (typeof costInputIds)[number];

/** Inputs that replace assumptions: one number, or a range. */
export type CostOverrides = Readonly<Partial<Record<CostInputId, number | AmountRange>>>;

/** The estimate. Amounts are in the currency of the prices, which default to US dollars. */
export interface Cost {
  readonly note: string;
  readonly currency: string;
  readonly components: readonly { readonly component: Component; readonly hoursPerWeek: HoursRange }[];
  readonly inputs: readonly CostInput[];
  readonly infrastructurePerMonth: AmountRange;
  readonly peoplePerMonth: AmountRange;
  readonly totalPerMonth: AmountRange;
  /** Once, before it pays. */
  readonly training: AmountRange;
  readonly formulas: readonly string[];
}

const weeksPerMonth = 52 / 12;

/** The estimate for the paradigms that will be used, the recommended one first. */
export function costOf(used: readonly Paradigm[], chosen: Chosen, overrides: CostOverrides): Cost {
  const components = [...new Set(used.flatMap((paradigm) => componentsOf(paradigm, chosen)))];
  const inputs = assumptions(components, used, chosen).map((assumed): CostInput => {
    const override = overrides[assumed.id];
    if (override === undefined) return assumed;
    const ends = typeof override === 'number' ? { low: override, high: override } : override;
    return { ...assumed, ...ends, source: 'yours' };
  });
  const at = (id: CostInputId, end: End): number =>
    inputs.find((candidate) => candidate.id === id)?.[end] ?? 0;
  const infrastructure = (end: End): number =>
    at('processes', end) * at('processPrice', end) +
    at('storeGb', end) * at('storeGbPrice', end) +
    at('brokerNodes', end) * at('brokerNodePrice', end);
  const people = (end: End): number => at('operatingHours', end) * weeksPerMonth * at('hourlyRate', end);
  return {
    note: 'Assumptions until calibrated: replace each input by your own number.',
    currency: 'USD',
    components: components.map((component) => ({ component, hoursPerWeek: componentHours[component] })),
    inputs,
    infrastructurePerMonth: range(infrastructure),
    peoplePerMonth: range(people),
    totalPerMonth: range((end) => infrastructure(end) + people(end)),
    training: range(
      (end) => at('trainingWeeks', end) * at('trainingHoursPerWeek', end) * at('hourlyRate', end),
    ),
    formulas: [
      'infrastructure = processes × processPrice + storeGb × storeGbPrice + brokerNodes × brokerNodePrice',
      'people = operatingHours × 52/12 × hourlyRate',
      'training = trainingWeeks × trainingHoursPerWeek × hourlyRate',
    ],
  };
}

type End = 'low' | 'high';

function range(compute: (end: End) => number): AmountRange {
  return { low: Math.round(compute('low')), high: Math.round(compute('high')) };
}

function input(
  id: CostInputId,
  label: string,
  unit: string,
  [low, high]: readonly [number, number],
): CostInput {
  return { id, label, unit, low, high, source: 'assumption' };
}

function assumptions(
  components: readonly Component[],
  used: readonly Paradigm[],
  chosen: Chosen,
): readonly CostInput[] {
  const hasBroker = components.includes('Kafka');
  const isScaled = components.includes('PostgreSQL');
  const hours = components.map((component) => componentHours[component]);
  const untrained = used.reduce(
    (sum, paradigm) => sum + Math.max(0, 2 - (levelOf(paradigm, chosen) ?? 1)),
    0,
  );
  return [
    input('processes', 'processes that execute', 'processes', isScaled ? [2, 4] : [1, 2]),
    input('processPrice', 'price of a process', 'USD per month', [15, 60]),
    input('storeGb', 'size of the store', 'GB', isScaled ? [20, 200] : [1, 20]),
    input('storeGbPrice', 'price of storage with backups', 'USD per GB and month', [0.1, 0.4]),
    input('brokerNodes', 'broker nodes', 'nodes', hasBroker ? [3, 3] : [0, 0]),
    input('brokerNodePrice', 'price of a broker node', 'USD per month', [80, 250]),
    input('operatingHours', 'hours of operation', 'hours per week', [
      hours.reduce((sum, { low }) => sum + low, 0),
      hours.reduce((sum, { high }) => sum + high, 0),
    ]),
    input('hourlyRate', 'cost of an hour of work', 'USD per hour', [60, 120]),
    input('trainingWeeks', 'weeks of training for the team', 'weeks', [untrained, 2 * untrained]),
    input('trainingHoursPerWeek', 'hours of training per week', 'hours per week', [10, 20]),
  ];
}

/**
 * Overrides from the content of a file: `{ "hourlyRate": 95, "storeGb": { "low": 5, "high": 10 } }`.
 *
 * @throws TUTTI_OPTION_UNKNOWN with the nearest name, TUTTI_OPTION_INVALID for a negative number or a range upside down.
 */
export function readCostOverrides(value: unknown): CostOverrides {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TuttiError(
      'TUTTI_OPTION_INVALID',
      'The costs are not an object; expected { "hourlyRate": 95 }.',
    );
  }
  refuseUnknownOptions(value, costInputIds, 'the costs');
  for (const [id, given] of Object.entries(value)) {
    if (isAmount(given) || isRange(given)) continue;
    throw new TuttiError(
      'TUTTI_OPTION_INVALID',
      `The cost '${id}' is ${JSON.stringify(given)}; expected a number of at least 0, or { "low": …, "high": … }.`,
    );
  }
  return value;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isRange(value: unknown): value is AmountRange {
  if (typeof value !== 'object' || value === null || Object.keys(value).toSorted().join() !== 'high,low')
    return false;
  const { low, high } = value as Readonly<Record<'low' | 'high', unknown>>;
  return isAmount(low) && isAmount(high) && low <= high;
}
