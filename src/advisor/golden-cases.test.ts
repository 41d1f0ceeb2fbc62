import { describe, expect, it } from 'vitest';
import type { AnswerSheet } from './answer-sheet.ts';
import { advise } from './advise.ts';
import type { Confidence } from './confidence.ts';
import { paradigms, type Paradigm } from './paradigm.ts';

/** The three scenarios of the decision guide and five published systems. Fits as whole numbers: pipeline, event-driven, stateful. */

interface GoldenCase {
  readonly name: string;
  readonly answers: AnswerSheet['answers'];
  readonly fits: readonly [number, number, number];
  readonly confidence: Confidence;
  readonly chosen: Paradigm;
  readonly excluded: readonly Paradigm[];
}

const cases: readonly GoldenCase[] = [
  {
    name: 'nightly sales ETL of an e-commerce data team',
    answers: {
      duration: '<=1h',
      longestWait: 'none',
      human: 'none',
      shape: 'fixed',
      trigger: 'schedule',
      throughput: '<1/s',
      latency: 'hours',
      handoff: 'by-reference',
      parties: '1 codebase',
      failure: 'retry-step',
      effectCost: 'annoying',
      history: 'backfill',
      skillDag: '3',
      skillEvent: '0',
      skillStateful: '0',
    },
    fits: [100, 25, 36],
    confidence: 'high',
    chosen: 'pipeline',
    excluded: [],
  },
  {
    name: 'real-time fraud scoring, thousands per second under 100 ms',
    answers: {
      duration: '<=1s',
      longestWait: 'none',
      human: 'none',
      trigger: 'stream',
      throughput: '1k-10k/s',
      latency: '<100ms',
      handoff: 'record-stream',
      parties: '1 team, services',
      skillEvent: '2',
      skillDag: '1',
      skillStateful: '0',
      effectCost: 'costly',
    },
    fits: [32, 84, 12],
    confidence: 'high',
    chosen: 'event-driven',
    excluded: ['pipeline', 'stateful'],
  },
  {
    name: 'customer onboarding over days, verified by a person',
    answers: {
      duration: '>1d',
      longestWait: '>1d',
      human: 'in-path',
      shape: 'fixed+branches',
      trigger: 'request',
      throughput: '<1/s',
      latency: 'minutes',
      failure: 'resume',
      effectCost: 'costly',
      consistency: 'status',
      parties: '1 team, services',
      skillStateful: '1',
      skillEvent: '1',
      skillDag: '1',
    },
    fits: [53, 18, 88],
    confidence: 'high',
    chosen: 'stateful',
    excluded: [],
  },
  {
    name: 'Shopify data platform, which chose Airflow',
    answers: {
      duration: '<=1h',
      human: 'none',
      shape: 'fixed',
      trigger: 'schedule',
      throughput: '1-50/s',
      latency: 'hours',
      handoff: 'by-reference',
      parties: '>5 teams',
      failure: 'retry-step',
      history: 'backfill',
      skillDag: '3',
      ops: 'dedicated',
    },
    fits: [91, 42, 40],
    confidence: 'high',
    chosen: 'pipeline',
    excluded: [],
  },
  {
    name: 'New York Times publishing log, which chose Kafka',
    answers: {
      trigger: 'events',
      latency: 'seconds',
      consumers: '>10',
      parties: '>5 teams',
      history: 'replay-log',
      shape: 'emergent',
      failure: 'rerun-all',
      consistency: 'eventual',
      human: 'none',
      throughput: '<1/s',
    },
    fits: [43, 79, 32],
    confidence: 'high',
    chosen: 'event-driven',
    excluded: [],
  },
  {
    name: 'Wix with more than 2,000 services, which chose Kafka',
    answers: {
      trigger: 'stream',
      throughput: '>10k/s',
      consumers: '>10',
      parties: '>5 teams',
      shape: 'emergent',
      consistency: 'eventual',
      skillEvent: '3',
      tracing: 'mature',
      ops: 'dedicated',
      infra: 'broker',
    },
    fits: [0, 100, 0],
    confidence: 'medium',
    chosen: 'event-driven',
    excluded: ['pipeline', 'stateful'],
  },
  {
    name: 'Netflix content flows, for which Conductor was built',
    answers: {
      duration: '>1d',
      shape: 'fixed+branches',
      trigger: 'events',
      parties: '>5 teams',
      visibility: 'high',
      consistency: 'status',
      failure: 'resume',
      throughput: '1-50/s',
      latency: 'minutes',
      skillEvent: '3',
    },
    fits: [58, 40, 90],
    confidence: 'high',
    chosen: 'stateful',
    excluded: [],
  },
  {
    name: 'Checkr background checks, which moved to Temporal',
    answers: {
      duration: '>1d',
      longestWait: '>1d',
      human: 'in-path',
      shape: 'fixed+branches',
      trigger: 'events',
      failure: 'resume',
      effectCost: 'money/legal',
      consistency: 'status',
      throughput: '1-50/s',
      latency: 'minutes',
      skillEvent: '3',
      infra: 'broker',
      history: 'audit',
    },
    fits: [44, 35, 95],
    confidence: 'high',
    chosen: 'stateful',
    excluded: [],
  },
];

const today = '2026-11-25';

describe('golden cases', () => {
  it.each(cases)('$name', ({ answers, fits, confidence, chosen, excluded }) => {
    const advice = advise({ answers }, { today });
    expect(paradigms.map((paradigm) => Math.round(advice.fits[paradigm]))).toEqual(fits);
    expect(advice.recommendation).toMatchObject({ paradigm: chosen, confidence });
    expect([...new Set(advice.excluded.map(({ paradigm }) => paradigm))].toSorted()).toEqual(
      excluded.toSorted(),
    );
  });

  it('exactly five single answers change the nightly ETL', () => {
    const { flips, criticalWeights } = advise({ answers: cases[0]!.answers }, { today });
    expect(flips.map(({ question, to }) => `${question} ${to}`).toSorted()).toEqual([
      'latency <100ms',
      'latency <1s',
      'shape loops',
      'throughput 1k-10k/s',
      'throughput >10k/s',
    ]);
    expect(criticalWeights).toEqual([]);
  });

  it('no single weight changes the onboarding', () => {
    expect(advise({ answers: cases[2]!.answers }, { today }).criticalWeights).toEqual([]);
  });
});
