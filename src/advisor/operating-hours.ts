import type { Chosen } from './judge.ts';
import type { Paradigm } from './paradigm.ts';

/** A range of hours per week. */
export interface HoursRange {
  readonly low: number;
  readonly high: number;
}

/** What has to be operated. */
export type Component = 'embedded store' | 'PostgreSQL' | 'Kafka' | 'tracing';

/**
 * Hours per week that operating a component takes: assumptions from practice until someone measures. The largest part
 * is not the work but having to know the component when it breaks.
 */
export const componentHours: Readonly<Record<Component, HoursRange>> = {
  'embedded store': { low: 0.5, high: 1 },
  PostgreSQL: { low: 1, high: 3 },
  Kafka: { low: 4, high: 10 },
  tracing: { low: 2, high: 4 },
};

const manyStarts = new Set(['50-1k/s', '1k-10k/s', '>10k/s']);
const brokerStarts = new Set(['1k-10k/s', '>10k/s']);
const severalTeams = new Set(['2-5 teams', '>5 teams']);
const manyReaders = new Set(['4-10', '>10']);

/** What a paradigm needs for these answers. What is unknown is taken as small. */
export function componentsOf(paradigm: Paradigm, chosen: Chosen): readonly Component[] {
  const starts = chosen['throughput'] ?? '';
  const isShared = severalTeams.has(chosen['parties'] ?? '');
  const store: Component = manyStarts.has(starts) || isShared ? 'PostgreSQL' : 'embedded store';
  if (paradigm !== 'event-driven') return [store];
  const isBrokered = brokerStarts.has(starts) || (isShared && manyReaders.has(chosen['consumers'] ?? ''));
  return [
    store,
    ...(isBrokered ? (['Kafka'] as const) : []),
    ...(chosen['tracing'] === 'none' || (isBrokered && chosen['tracing'] === undefined)
      ? (['tracing'] as const)
      : []),
  ];
}

/** Hours per week to operate a paradigm under these answers. */
export function operatingHours(paradigm: Paradigm, chosen: Chosen): HoursRange {
  const components = componentsOf(paradigm, chosen).map((component) => componentHours[component]);
  return {
    low: components.reduce((sum, { low }) => sum + low, 0),
    high: components.reduce((sum, { high }) => sum + high, 0),
  };
}
