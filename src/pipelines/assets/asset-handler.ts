/**
 * The one task of an asset: finds its dependencies, makes the value, and notes from what.
 *
 * With a target, the target and the note together say whether there is anything to do: a value that is there, and was made by this
 * version of the code from what the dependencies still are, is not made again. A target without a note is taken as finished: the
 * world outlives what is known about it. The note is written with the end of the task (I4), so after a crash half-way the value is
 * made once more, over the old one.
 */
import { TuttiError } from '../../base/tutti-error.ts';
import {
  assetKey,
  partitionOfTrigger,
  type Asset,
  type AssetNeed,
  type CellName,
  type StepAttempt,
} from '../../engine/index.ts';
import { TaskAttempt } from '../task-attempt.ts';
import type { TaskContext } from '../task-types.ts';
import type { AssetHandler, AssetRunInput, AssetTarget, Written } from './asset-types.ts';
import { findDependency, readDependency, stateOf, type FoundDependency } from './dependencies.ts';

/** What an asset is made by. */
export interface AssetMaking {
  readonly asset: Asset;
  readonly needs: Readonly<Record<string, AssetNeed>>;
  readonly target: ((partition: string | null) => AssetTarget) | null;
  readonly version: string;
  readonly make: AssetHandler<never, unknown>;
}

/** From what a value at a target was made. */
interface MakingNote {
  /** Version of the definition. */
  readonly version: string;
  /** By dependency: its state then. */
  readonly of: Readonly<Record<string, string>>;
}

/** The handler of the asset's task. */
export function assetHandler(
  making: AssetMaking,
): (inputs: { readonly run: AssetRunInput | undefined }, context: TaskContext) => Promise<unknown> {
  return async ({ run }, context) => {
    const attempt = TaskAttempt.of(context);
    const partition = partitionToMake(making.asset, run, attempt);
    const found = await findAll(attempt.step, making.needs, partition);
    const target = making.target?.(partition) ?? null;
    if (target !== null) return makeAt(target, { making, partition, found, attempt });
    const inputs = { ...(await readAll(attempt.step, found)), partition };
    return making.make(inputs as never, context);
  };
}

/** One attempt to make something. */
interface Work {
  readonly making: AssetMaking;
  readonly partition: string | null;
  readonly found: Readonly<Record<string, FoundDependency>>;
  readonly attempt: TaskAttempt;
}

async function makeAt(target: AssetTarget, work: Work): Promise<Written> {
  const { making, partition, found, attempt } = work;
  const { asset, version } = making;
  const receipt: Written = { asset: asset.name, target: target.name, isUnchanged: false };
  const cell: CellName = { space: 'asset-makings', key: assetKey(asset.name, partition) };
  const of = Object.fromEntries(Object.entries(found).map(([name, one]) => [name, stateOf(one)]));
  const note: MakingNote = { version, of };
  if ((await target.exists()) && (await isCurrent(attempt.step, cell, note))) {
    attempt.log.info(`${target.name} is there already.`);
    writeNote(attempt.step, cell, note);
    return { ...receipt, isUnchanged: true };
  }
  const write = async (value: unknown): Promise<Written> => {
    await target.write(value);
    return receipt;
  };
  const inputs = { ...(await readAll(attempt.step, found)), partition, write };
  await making.make(inputs as never, attempt);
  if (!(await target.exists())) {
    throw new TuttiError(
      'TUTTI_TARGET_MISSING',
      `Asset '${asset.name}' was made, but its target ${target.name} is not there.`,
      { details: { asset: asset.name, target: target.name } },
    );
  }
  writeNote(attempt.step, cell, note);
  return receipt;
}

/** Whether what lies at the target was made from what there is now; without a note nobody knows better than the target. */
async function isCurrent(step: StepAttempt, cell: CellName, now: MakingNote): Promise<boolean> {
  // Written below and by nobody else.
  const then = (await step.readCellValue(cell)) as MakingNote | undefined;
  if (then === undefined) return true;
  const names = Object.keys(now.of);
  const isSame =
    Object.keys(then.of).length === names.length && names.every((name) => then.of[name] === now.of[name]);
  return isSame && then.version === now.version;
}

/** @throws TUTTI_PAYLOAD_TOO_LARGE when the names of the dependencies alone fill a cell. */
function writeNote(step: StepAttempt, cell: CellName, note: MakingNote): void {
  if (step.writeCellValue(cell, note)) return;
  throw new TuttiError(
    'TUTTI_PAYLOAD_TOO_LARGE',
    `The note on how ${cell.key} was made does not fit into a cell; expected fewer dependencies.`,
  );
}

/** The partition that the run was started for. @throws TUTTI_PARTITION_INVALID */
function partitionToMake(
  asset: Asset,
  run: AssetRunInput | undefined,
  { trigger }: TaskAttempt,
): string | null {
  const { name, partitions } = asset;
  if (partitions === null) return null;
  const key = run?.partition ?? partitionOfTrigger(partitions, trigger);
  if (key !== null && partitions.has(key)) return key;
  const fault = key === null ? 'no partition to make was named' : `'${key}' is no partition of it`;
  throw new TuttiError(
    'TUTTI_PARTITION_INVALID',
    `Asset '${name}' has the partitions ${partitions.text}, and ${fault}; start the run with {"partition": "..."}.`,
    { details: { asset: name, partition: key } },
  );
}

async function findAll(
  step: StepAttempt,
  needs: AssetMaking['needs'],
  partition: string | null,
): Promise<Readonly<Record<string, FoundDependency>>> {
  const found = Object.entries(needs).map(
    async ([name, need]) => [name, await findDependency(step, need, partition)] as const,
  );
  return Object.fromEntries(await Promise.all(found));
}

async function readAll(
  step: StepAttempt,
  found: Readonly<Record<string, FoundDependency>>,
): Promise<Readonly<Record<string, unknown>>> {
  const values = Object.entries(found).map(
    async ([name, one]) => [name, await readDependency(step, one)] as const,
  );
  return Object.fromEntries(await Promise.all(values));
}
