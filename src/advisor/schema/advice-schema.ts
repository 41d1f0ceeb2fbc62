import { personParts } from '../answer-sheet.ts';
import { costInputIds } from '../cost.ts';
import { paradigms } from '../paradigm.ts';
import { dimensions } from '../question.ts';
import {
  day,
  fit,
  listOf,
  number,
  objectOf,
  oneOf,
  orNull,
  share,
  text,
  type JsonSchema,
} from './schema-parts.ts';

const paradigm = oneOf(paradigms);
const paradigmOrNone = oneOf([...paradigms, 'none']);
const range = objectOf({ low: number, high: number });
const command = objectOf({ command: text, isPlanned: { type: 'boolean' } });

function each(schema: JsonSchema): JsonSchema {
  return objectOf(Object.fromEntries(paradigms.map((name) => [name, schema])));
}

const choice = {
  recommendation: objectOf({
    paradigm: paradigmOrNone,
    fit,
    confidence: oneOf(['high', 'medium', 'low']),
    why: text,
  }),
  fits: each(fit),
  scores: each(objectOf({ raw: number, mean: number, best: number, worst: number, fit })),
  excluded: listOf(objectOf({ paradigm, rule: text, sentence: text })),
  runnerUp: orNull(objectOf({ paradigm, fit, behind: number })),
  whyNot: listOf(
    objectOf({
      paradigm,
      excludedBecause: listOf(text),
      against: listOf(objectOf({ question: text, option: text, points: number, reason: text })),
    }),
  ),
};

const reasons = {
  comparedWith: orNull(paradigm),
  contributions: listOf(
    objectOf({
      question: text,
      option: text,
      weight: number,
      points: each(number),
      lead: number,
      reasons: each(text),
    }),
  ),
  dimensions: listOf(objectOf({ dimension: oneOf(dimensions), points: each(number) })),
  flips: listOf(objectOf({ question: text, from: text, to: text, leader: paradigmOrNone, fits: each(fit) })),
  criticalWeights: listOf(
    objectOf({
      question: text,
      weight: number,
      changePercent: { type: 'integer', minimum: -100, maximum: 300 },
      leader: paradigm,
    }),
  ),
  robustness: objectOf({
    runs: { type: 'integer', minimum: 1 },
    seed: text,
    spread: share,
    share,
    shares: each(share),
    fits: each(objectOf({ p5: fit, p50: fit, p95: fit })),
  }),
  answeredShare: share,
  openQuestions: listOf(
    objectOf({
      question: text,
      text,
      flipShare: share,
      flips: listOf(objectOf({ option: text, leader: paradigmOrNone })),
    }),
  ),
  weights: objectOf({
    source: oneOf(['default', 'yours']),
    changed: listOf(objectOf({ question: text, default: number, yours: number })),
    byDefault: objectOf({ paradigm: paradigmOrNone, fits: each(fit) }),
  }),
  limits: objectOf({
    source: text,
    pipelineStartsPerSecondMax: number,
    pipelineLatencyMsMin: number,
    statefulStartsPerSecondMax: number,
    statefulFastStartsPerSecondMax: number,
    statefulFastLatencyMs: number,
    transitionsPerSecondMax: number,
  }),
  contradictions: listOf(
    objectOf({ questions: { type: 'array', items: text, minItems: 2, maxItems: 2 }, sentence: text }),
  ),
  disagreements: listOf(
    objectOf({
      question: text,
      answers: listOf(objectOf({ option: text, by: listOf(text), leader: paradigmOrNone })),
      matters: { type: 'boolean' },
    }),
  ),
};

const plan = {
  mixingRule: text,
  mix: listOf(
    objectOf({
      part: text,
      label: text,
      home: paradigm,
      when: oneOf(['now', 'phase 2']),
      pattern: text,
      sentence: text,
      addsHoursPerWeek: range,
    }),
  ),
  risks: listOf(objectOf({ paradigm, risk: text, symptom: text, guard: text, check: command })),
  mistakes: listOf(
    objectOf({
      mistake: oneOf(['hype', 'learning curve', 'over-engineering', 'cost ignored', 'team not involved']),
      sentence: text,
      instead: text,
    }),
  ),
  skillGaps: listOf(objectOf({ paradigm, needed: number, have: orNull(number), learn: listOf(text) })),
  cost: orNull(
    objectOf({
      note: text,
      currency: text,
      components: listOf(objectOf({ component: text, hoursPerWeek: range })),
      inputs: listOf(
        objectOf({
          id: oneOf(costInputIds),
          label: text,
          unit: text,
          low: number,
          high: number,
          source: oneOf(['assumption', 'yours']),
        }),
      ),
      infrastructurePerMonth: range,
      peoplePerMonth: range,
      totalPerMonth: range,
      training: range,
      formulas: listOf(text),
    }),
  ),
  nextStep: orNull(text),
  migration: listOf(objectOf({ phase: number, title: text, work: text, exit: text })),
  starter: orNull(objectOf({ template: oneOf(['pipeline', 'events', 'workflow', 'mixed']), command: text })),
  adr: objectOf({ fileName: text, markdown: text }),
};

/** The JSON Schema (draft 2020-12) of an advice: what `tutti advise -o json` and `POST /api/advice` answer. */
export const adviceSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:tutti:advice:1',
  title: 'Advice',
  ...objectOf({
    format: { const: 'tutti.advice/1' },
    tableVersion: text,
    decidedOn: day,
    reviewOn: day,
    answersHash: { type: 'string', pattern: '^[0-9a-f]{16}$' },
    answers: { type: 'object', additionalProperties: { anyOf: [text, listOf(text)] } },
    people: listOf(objectOf({ name: text, role: text, part: oneOf(personParts) }, ['role', 'part'])),
    preference: orNull(objectOf({ paradigm, why: text }, ['why'])),
    ...choice,
    ...reasons,
    ...plan,
  }),
};
