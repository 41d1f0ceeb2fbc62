/** The routes about assets; part of the table in routes.ts. */
import type { AssetClient } from '../../app/index.ts';
import type { RouteSpec } from './route-spec.ts';

const read = { method: 'GET', query: {}, body: null, status: 200 } as const;

/** The routes about assets, by the name of the method they carry. */
export const assetRoutes: Readonly<Record<keyof AssetClient, RouteSpec>> = {
  listAssets: {
    ...read,
    path: '/v1/assets',
    summary: 'Lists the assets that a loaded definition declares or that were ever updated.',
    parameters: {},
    answer: 'AssetView[]',
    errors: [],
  },
  showAsset: {
    ...read,
    path: '/v1/assets/:asset',
    summary: 'Shows an asset with the last update of each of its partitions.',
    parameters: { asset: 'Name of the asset.' },
    answer: 'AssetDetail',
    errors: ['TUTTI_ASSET_NOT_FOUND'],
  },
  readLineage: {
    ...read,
    path: '/v1/runs/:run/lineage',
    summary: 'Says what a run read and made, as OpenLineage run events.',
    parameters: { run: 'Id of the run, a unique prefix of it, `id@generation`, or `latest`.' },
    answer: 'LineageEvent[]',
    errors: ['TUTTI_RUN_NOT_FOUND', 'TUTTI_RUN_ID_AMBIGUOUS', 'TUTTI_DEFINITION_NOT_FOUND'],
  },
};
