import { decodeRunInput, type Engine } from '../engine/index.ts';
import { lineageEvents, listAssets, showAsset } from '../schedules/index.ts';
import { resolveRun } from './address.ts';
import type { AssetClient } from './asset-client.ts';
import { findDefinition } from './registry.ts';

/** How this installation is named in lineage. */
const lineageNamespace = 'tutti';

/** The part of the client that is about assets, in the engine's own process. */
export function localAssetClient(engine: Engine): AssetClient {
  return {
    listAssets: () => listAssets(engine),
    showAsset: (name) => showAsset(engine, name),
    readLineage: async (address) => {
      const run = await resolveRun(engine.store, address);
      const { trigger } = decodeRunInput(await engine.payloads.text(run.input));
      const definition = findDefinition(engine, run.definition);
      return lineageEvents({ run, trigger, definition, namespace: lineageNamespace });
    },
  };
}
