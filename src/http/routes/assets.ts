import type { AssetClient } from '../../app/index.ts';
import type { Handlers } from './handlers.ts';

/** Assets and lineage. */
export const assetHandlers: Handlers<keyof AssetClient> = {
  listAssets: ({ client }) => client.listAssets(),
  showAsset: ({ client, parameter }) => client.showAsset(parameter('asset')),
  readLineage: ({ client, parameter }) => client.readLineage(parameter('run')),
};
