import { existsSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TuttiError } from '../base/tutti-error.ts';
import { isIncomingWebhook, isTopic, type IncomingWebhook, type Topic } from '../events/index.ts';
import { isMadeAsset, isPipeline, type MadeAsset, type Pipeline } from '../pipelines/index.ts';
import { isWorkflow, type Workflow } from '../workflows/index.ts';

/** A workflow, pipeline, asset that is made, topic or webhook of a module. */
type LoadedDefinition = Workflow | Pipeline | MadeAsset | Topic | IncomingWebhook;

/** What a set of modules holds. */
export interface LoadedModules {
  readonly definitions: readonly LoadedDefinition[];
  /** TUTTI_MODULE_FAILED or TUTTI_DEFINITION_DUPLICATE, one per fault; the definitions of the others are there. */
  readonly failures: readonly TuttiError[];
  /** File of each definition by its name; of a topic under `topic <name>`, of a webhook under `webhook <name>`. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Absolute paths of the modules as typed. @throws TUTTI_MODULE_FAILED if one does not exist. */
export function resolveModules(typed: readonly string[]): readonly string[] {
  return typed.map((name) => {
    const path = resolve(name);
    if (!existsSync(path))
      throw new TuttiError('TUTTI_MODULE_FAILED', `There is no module at ${path}.`, {
        details: { module: path },
      });
    return path;
  });
}

/** Imports modules one after the other and collects what they export that is a definition. */
export async function loadModules(paths: readonly string[]): Promise<LoadedModules> {
  const definitions = new Map<string, LoadedDefinition>();
  const sources: Record<string, string> = {};
  const failures: TuttiError[] = [];
  for (const path of paths) {
    let exported: readonly unknown[];
    try {
      exported = Object.values((await import(pathToFileURL(path).href)) as object).flat();
    } catch (error) {
      failures.push(importFailure(path, error));
      continue;
    }
    for (const definition of exported.filter(isDefinition)) {
      const key = keyOf(definition);
      const other = definitions.get(key);
      if (other !== undefined && other !== definition) {
        failures.push(duplicate(key, sources[key] ?? '', path));
        continue;
      }
      definitions.set(key, definition);
      sources[key] ??= path;
    }
  }
  return { definitions: [...definitions.values()], failures, sources };
}

function isDefinition(value: unknown): value is LoadedDefinition {
  return (
    isWorkflow(value) || isPipeline(value) || isMadeAsset(value) || isTopic(value) || isIncomingWebhook(value)
  );
}

/** A topic, a webhook and a workflow may have one name; two topics may not. */
function keyOf(definition: LoadedDefinition): string {
  if (isTopic(definition)) return `topic ${definition.name}`;
  return isIncomingWebhook(definition) ? `webhook ${definition.name}` : definition.name;
}

function duplicate(name: string, first: string, second: string): TuttiError {
  const where = first === second ? `twice in ${first}` : `in ${first} and in ${second}`;
  return new TuttiError('TUTTI_DEFINITION_DUPLICATE', `Two definitions are called "${name}": ${where}.`, {
    details: { definition: name, first, second },
  });
}

function importFailure(path: string, cause: unknown): TuttiError {
  const place = placeOf(cause);
  const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const where = place === undefined ? '' : ` (${place})`;
  return new TuttiError(
    'TUTTI_MODULE_FAILED',
    `The module ${path} could not be imported: ${said}${where}${readAsCommonJs(path, cause)}`,
    {
      cause,
      details: { module: path, ...(place === undefined ? {} : { place }) },
    },
  );
}

/**
 * What to change where Node.js read `import` as CommonJS: `npm init` of today writes `"type": "commonjs"`, and Node's own word for it
 * does not say where. Empty for every other fault.
 */
function readAsCommonJs(path: string, cause: unknown): string {
  if (!(cause instanceof SyntaxError) || !/outside a module|Unexpected token 'export'/.test(cause.message))
    return '';
  const manifest = findPackageJSON(pathToFileURL(path));
  const decided = manifest === undefined ? 'its name' : `"type" in ${manifest}`;
  return `. It is read as CommonJS because of ${decided}: write "type": "module" there, or name the file .mts`;
}

/** Where our own code lies: a refused definition is thrown there, and its line is the one that declared it. */
const ownCode = fileURLToPath(new URL('..', import.meta.url));

/** `file:line` or `file:line:column` where the import broke: the first line of a syntax error's stack, or the top frame of the user's code. */
function placeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || cause.stack === undefined) return undefined;
  for (const line of cause.stack.split('\n')) {
    const place = /file:\/\/(\/[^\s)]+?:\d+(?::\d+)?)\)?$/.exec(line.trim())?.[1];
    if (place === undefined || place.includes('/node_modules/') || place.startsWith(ownCode)) continue;
    return decodeURIComponent(place);
  }
  return undefined;
}
