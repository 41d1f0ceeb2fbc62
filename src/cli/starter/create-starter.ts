import type { StarterTemplate } from '../../advisor/index.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { StarterFile } from './starter-file.ts';
import { missingNames } from './template-availability.ts';
import { eventsTemplate } from './templates/events-template.ts';
import { mixedTemplate } from './templates/mixed-template.ts';
import { pipelineTemplate } from './templates/pipeline-template.ts';
import { projectFiles } from './templates/project-files.ts';
import { workflowTemplate } from './templates/workflow-template.ts';

/** What a starter is made for. */
export interface StarterRequest {
  readonly template: StarterTemplate;
  /** Name of the package. */
  readonly name: string;
  /** Version of tutti to depend on. */
  readonly version: string;
}

interface Template {
  readonly files: readonly StarterFile[];
  readonly about: string;
  readonly definitions: string;
}

const templates: Readonly<Record<StarterTemplate, Template>> = {
  pipeline: {
    files: pipelineTemplate,
    about: 'A nightly load as a pipeline: extract, clean in parallel, report.',
    definitions: 'pipelines.ts',
  },
  events: {
    files: eventsTemplate,
    about: 'A topic of orders with two readers that know nothing of each other.',
    definitions: 'topics.ts',
  },
  workflow: {
    files: workflowTemplate,
    about: 'An order as a durable workflow: reserve, ask a person, ship, or give back.',
    definitions: 'workflows.ts',
  },
  mixed: {
    files: mixedTemplate,
    about: 'A durable workflow at the core, a pipeline that computes for it, a topic at its edge.',
    definitions: 'definitions.ts',
  },
};

/** The names of all templates. */
export const starterTemplates: readonly StarterTemplate[] = Object.keys(templates) as StarterTemplate[];

/**
 * The files of a starter project that runs at once and has a passing test.
 *
 * @throws TUTTI_TEMPLATE_UNAVAILABLE when the template needs what this version does not export.
 */
export function createStarter({ template, name, version }: StarterRequest): readonly StarterFile[] {
  const missing = missingNames[template];
  if (missing.length > 0) {
    throw new TuttiError(
      'TUTTI_TEMPLATE_UNAVAILABLE',
      `The template '${template}' needs ${missing.map((entry) => `\`${entry}\``).join(' and ')} of tutti, which this version does not export.`,
      { details: { template, missing } },
    );
  }
  const { files, about, definitions } = templates[template];
  return [...projectFiles({ name, version, about, definitions }), ...files];
}
