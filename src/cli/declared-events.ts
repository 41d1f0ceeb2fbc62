import { TuttiError } from '../base/tutti-error.ts';
import { declaredCatalogue, isTopic, type Catalogue } from '../events/index.ts';
import { loadModules, resolveModules } from './load-modules.ts';
import type { StoreDirectory } from './store-directory.ts';

/**
 * What events look like in some modules; of none, in those that the engine here was started with.
 * @throws TUTTI_MODULE_FAILED, TUTTI_DEFINITION_DUPLICATE; TUTTI_ARGUMENT_INVALID when there are no modules.
 */
export async function readDeclaredEvents(typed: readonly string[], data: StoreDirectory): Promise<Catalogue> {
  const modules = typed.length === 0 ? data.readModules() : resolveModules(typed);
  if (modules.length === 0) {
    throw new TuttiError(
      'TUTTI_ARGUMENT_INVALID',
      'No modules are given, and none is known of an engine here; expected files that export topics.',
    );
  }
  const { definitions, failures } = await loadModules(modules);
  const [failure] = failures;
  if (failure !== undefined) throw failure;
  return declaredCatalogue(definitions.filter(isTopic).map(({ settings }) => settings));
}
