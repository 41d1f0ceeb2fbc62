import type { StarterTemplate } from '../../advisor/index.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { readJsonFile } from '../read-input.ts';
import type { StarterFile } from './starter-file.ts';
import { starterTemplates } from './create-starter.ts';

/** What a starter takes from an advice. */
export interface AdviceForStarter {
  readonly template: StarterTemplate;
  /** The decision record and the advice itself, to be kept with the code. */
  readonly files: readonly StarterFile[];
}

/** @throws TUTTI_JSON_MALFORMED, TUTTI_INPUT_INVALID for a file that is no advice, or one that recommends nothing. */
export async function readAdviceFile(path: string): Promise<AdviceForStarter> {
  const advice = (await readJsonFile(path)) as {
    readonly format?: unknown;
    readonly starter?: { readonly template?: unknown } | null;
    readonly recommendation?: { readonly why?: unknown };
    readonly adr?: { readonly fileName?: unknown; readonly markdown?: unknown };
  } | null;
  if (advice?.format !== 'tutti.advice/1') {
    throw new TuttiError(
      'TUTTI_INPUT_INVALID',
      `The file ${path} is not an advice; expected what \`tutti advise --in answers.json -o json\` writes.`,
    );
  }
  if (advice.starter === null) {
    throw new TuttiError(
      'TUTTI_INPUT_INVALID',
      `The advice in ${path} recommends none of the paradigms: ${String(advice.recommendation?.why)}`,
    );
  }
  const template = starterTemplates.find((name) => name === advice.starter?.template);
  const { fileName, markdown } = advice.adr ?? {};
  const isSafeName = typeof fileName === 'string' && /^[\w-]+\.md$/.test(fileName);
  if (template === undefined || !isSafeName || typeof markdown !== 'string') {
    throw new TuttiError(
      'TUTTI_INPUT_INVALID',
      `The advice in ${path} lacks a starter template or a decision record; write it anew with \`tutti advise\`.`,
    );
  }
  return {
    template,
    files: [
      { path: `docs/decisions/${fileName}`, content: markdown },
      { path: 'docs/decisions/advice.json', content: `${JSON.stringify(advice, null, 2)}\n` },
    ],
  };
}
