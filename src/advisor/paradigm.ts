/** The three ways to write a workflow, in the order of every table and of ties. */
export const paradigms = ['pipeline', 'event-driven', 'stateful'] as const;

/** One of the three ways to write a workflow. */
export type Paradigm = (typeof paradigms)[number];

/** Something known for each paradigm. */
export type PerParadigm<T> = Readonly<Record<Paradigm, T>>;

/** Something computed for each paradigm, in the order of {@link paradigms}. */
export function perParadigm<T>(compute: (paradigm: Paradigm) => T): PerParadigm<T> {
  return {
    pipeline: compute('pipeline'),
    'event-driven': compute('event-driven'),
    stateful: compute('stateful'),
  };
}

/** What the paradigms are called in sentences. */
export const paradigmTitles: PerParadigm<string> = {
  pipeline: 'a pipeline',
  'event-driven': 'event-driven processing',
  stateful: 'a stateful workflow',
};
