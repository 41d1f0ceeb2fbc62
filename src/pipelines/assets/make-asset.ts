import type { Duration } from '../../base/duration.ts';
import type { StandardResult, StandardSchema } from '../../base/standard-schema.ts';
import { nearestName } from '../../base/nearest.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { refuseUnknownOptions } from '../../base/unknown-options.ts';
import type { Asset, AssetCondition, AssetNeed, Partitioning, RunValues } from '../../engine/index.ts';
import { pipeline, type PipelineOptions } from '../define-pipeline.ts';
import type { Pipeline } from '../pipeline.ts';
import type { PoolUse, TaskRetry } from '../task-types.ts';
import { assetHandler } from './asset-handler.ts';
import type {
  AssetDependencies,
  AssetHandler,
  AssetRunInput,
  AssetTarget,
  MadeAsset,
} from './asset-types.ts';

/** What can be said of an asset that brings its own way of being made. */
export interface MakingOptions<
  D extends AssetDependencies = AssetDependencies,
  P = Partitioning | undefined,
> extends Pick<
  PipelineOptions<StandardSchema<undefined>>,
  | 'version'
  | 'timeout'
  | 'durability'
  | 'deadline'
  | 'schedule'
  | 'tags'
  | 'owner'
  | 'onSuccess'
  | 'onFailure'
> {
  /**
   * What it is made from, by name: an asset (of a partitioned one the partition of the same key), or its `lastPartition()`.
   * Default: nothing.
   */
  readonly deps?: D;
  /** How it is cut into parts. Default: it is made as a whole. */
  readonly partitions?: P;
  /**
   * When it is made by itself: `updated('raw')` for a dependency, an asset, a schedule, or `any` and `all` of them. What names no
   * partition makes the newest that is complete and whose dependencies are there. Default: never.
   */
  readonly when?: AssetCondition<NoInfer<keyof D & string>>;
  /** When a failed attempt is made again. Default: not at all. */
  readonly retry?: TaskRetry;
  /** How long one attempt may take. Default: no limit. */
  readonly attemptTimeout?: Duration;
  /** Slots that its task shares with tasks of other runs. Default: none. */
  readonly pool?: PoolUse;
  /** What it is, for people; also shown with its graph. */
  readonly description?: string;
}

/** As the declaration hands it over: checked by its types, or by nothing. */
interface Making {
  readonly options: MakingOptions & { readonly target?: (partition: never) => AssetTarget };
  readonly make: AssetHandler<never, unknown>;
}

const pipelineNames = ['version', 'timeout', 'durability', 'deadline', 'schedule', 'tags', 'owner'] as const;
const callbackNames = ['onSuccess', 'onFailure'] as const;
const taskNames = ['retry', 'attemptTimeout', 'pool'] as const;
const ownNames: readonly string[] = ['deps', 'partitions', 'when', 'target', 'description'];

/** Names that the handler of an asset knows as something else. */
const reservedNames: readonly string[] = ['partition', 'write'];

/**
 * The asset with an ordinary pipeline of one task, `make`, that produces it.
 * @throws TUTTI_DEFINITION_INVALID, TUTTI_OPTION_UNKNOWN, and as `pipeline`.
 */
export function makeAsset(asset: Asset, { options, make }: Making): MadeAsset {
  const what = `asset '${asset.name}'`;
  refuseUnknownOptions(options, [...pipelineNames, ...callbackNames, ...taskNames, ...ownNames], what);
  const needs = readNeeds(asset, options.deps ?? {});
  const when = options.when === undefined ? undefined : conditionOf(asset, options.when, needs);
  const { version = '1', description, target } = options;
  const handler = assetHandler({
    asset,
    needs,
    // The types tie the target's argument to the partitions: a key for a partitioned asset, null for any other.
    target: (target as ((partition: string | null) => AssetTarget) | undefined) ?? null,
    version,
    make,
  });
  const made = pipeline(
    asset.name,
    {
      ...pick(options, [...pipelineNames, ...callbackNames]),
      version,
      input: inputSchema(asset),
      produces: [asset],
      consumes: Object.values(needs).map((need) => need.asset),
      ...(when === undefined ? {} : { startWhen: when }),
      ...(description === undefined ? {} : { doc: description }),
    },
    (p) => p.task('make', { run: p.input }, handler, pick(options, taskNames)),
  );
  const definition: Pipeline = {
    ...made,
    assets: {
      ...made.assets,
      needs: Object.values(needs),
      partitionOf: ({ input }) => (input as AssetRunInput | undefined)?.partition ?? null,
      isUnchanged: target === undefined ? never : isUnchanged,
    },
  };
  return { ...asset, pipeline: definition };
}

function never(): boolean {
  return false;
}

/** What the handler of an asset with a target resulted in says so. */
function isUnchanged({ output }: RunValues): boolean {
  return (output as { readonly isUnchanged?: unknown } | null)?.isUnchanged === true;
}

function readNeeds(asset: Asset, deps: AssetDependencies): Readonly<Record<string, AssetNeed>> {
  return Object.fromEntries(
    Object.entries(deps).map(([name, dependency]) => {
      if (reservedNames.includes(name))
        throw invalid(asset, `names a dependency '${name}', which its handler knows as something else`);
      // Callers without types name anything, for example a text.
      const kinds: readonly unknown[] = ['asset', 'last-partition'];
      if (!kinds.includes((dependency as AssetDependencies[string] | undefined)?.type))
        throw invalid(asset, `has a dependency '${name}' that is no asset and no \`lastPartition()\` of one`);
      if (dependency.type === 'last-partition') return [name, { asset: dependency.asset, pick: 'last' }];
      refuseOtherPartitions(asset, name, dependency);
      return [name, { asset: dependency, pick: 'same' }];
    }),
  );
}

/** One partition of the asset must say which one of the dependency it is made from. */
function refuseOtherPartitions(asset: Asset, name: string, { partitions }: Asset): void {
  if (partitions === null || partitions.kind === asset.partitions?.kind) return;
  const own =
    asset.partitions === null ? 'is made as a whole' : `has the partitions ${asset.partitions.text}`;
  throw invalid(
    asset,
    `${own} and depends on '${name}' with the partitions ${partitions.text}, so that nobody knows which one; ` +
      'depend on its `lastPartition()`, or give both the same kind of partitions',
  );
}

/** The condition with the assets in place of the dependencies' names. */
function conditionOf(
  asset: Asset,
  of: AssetCondition<string>,
  needs: Readonly<Record<string, AssetNeed>>,
): AssetCondition {
  if (of.type === 'asset' || of.type === 'schedule') return of;
  if (of.type !== 'updated') return { ...of, of: of.of.map((part) => conditionOf(asset, part, needs)) };
  const need = needs[of.dependency];
  if (need === undefined) {
    const nearest = nearestName(of.dependency, Object.keys(needs));
    const hint = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
    throw invalid(asset, `waits for '${of.dependency}', which is none of its dependencies${hint}`);
  }
  if (need.pick === 'same') return need.asset;
  throw invalid(
    asset,
    `waits for '${of.dependency}', of which it reads the last partition: an update of that names no partition to make. ` +
      'Wait for another dependency or a schedule',
  );
}

/** Accepts nothing, or the partition to make. */
function inputSchema({ name, partitions }: Asset): StandardSchema<undefined, AssetRunInput | undefined> {
  const standard = {
    version: 1,
    vendor: 'tutti',
    validate: (given: unknown): StandardResult<AssetRunInput | undefined> => {
      if (given === undefined || given === null) return { value: undefined };
      const key = typeof given === 'object' && 'partition' in given ? given.partition : undefined;
      if (partitions === null)
        return { issues: [{ message: `asset '${name}' is made as a whole; expected no input` }] };
      if (typeof key === 'string' && partitions.has(key)) return { value: { partition: key } };
      const message = `expected the key of a partition (${partitions.text}), got ${JSON.stringify(key) ?? 'none'}`;
      return { issues: [{ message, path: ['partition'] }] };
    },
    jsonSchema: {
      input: () =>
        partitions === null
          ? { type: 'null' }
          : { type: 'object', properties: { partition: { type: 'string', description: partitions.text } } },
    },
  } as const;
  return { '~standard': standard };
}

function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Partial<Pick<T, K>> {
  const given = names.filter((name) => from[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, from[name]])) as Partial<Pick<T, K>>;
}

function invalid(asset: Asset, fault: string): TuttiError {
  return new TuttiError('TUTTI_DEFINITION_INVALID', `Asset '${asset.name}' ${fault}.`, {
    details: { asset: asset.name },
  });
}
