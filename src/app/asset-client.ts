/** What one can ask about assets; part of {@link Client}. */
import type { AssetDetail, AssetView, LineageEvent } from '../schedules/index.ts';

/** Common error: TUTTI_ASSET_NOT_FOUND. */
export interface AssetClient {
  /** Every asset that a loaded definition declares or that was ever updated, by name. */
  listAssets(): Promise<readonly AssetView[]>;
  /** An asset with the last update of each of its partitions. */
  showAsset(name: string): Promise<AssetDetail>;
  /**
   * What a run read and made, as OpenLineage run events: START, and COMPLETE, FAIL or ABORT once it ended.
   * @throws TUTTI_RUN_NOT_FOUND, TUTTI_DEFINITION_NOT_FOUND when this engine has no code that says what the run makes.
   */
  readLineage(run: string): Promise<readonly LineageEvent[]>;
}
