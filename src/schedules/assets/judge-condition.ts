/** Conditions over assets as pure functions of what is new and what has ticked. */
import type { Asset, AssetCondition, Schedule } from '../../engine/index.ts';

/** What has happened since a condition last held. */
export interface Happened {
  readonly isNew: (asset: Asset) => boolean;
  readonly hasTicked: (schedule: Schedule) => boolean;
}

const yes = (): boolean => true;
const no = (): boolean => false;

/** Whether the condition holds. */
export function judge(of: AssetCondition, happened: Happened): boolean {
  switch (of.type) {
    case 'asset':
      return happened.isNew(of);
    case 'schedule':
      return happened.hasTicked(of);
    case 'any':
      return of.of.some((part) => judge(part, happened));
    case 'all':
      return of.of.every((part) => judge(part, happened));
    default:
      // Only the definition of an asset may speak of dependencies by name, and it puts the assets in their place.
      return false;
  }
}

/** Whether a tick is enough for it to hold: then a tick means no partition in particular. */
export function holdsByTime(of: AssetCondition): boolean {
  return judge(of, { isNew: no, hasTicked: yes });
}

/** The condition without the parts that hold by time alone; null if nothing is left. What remains speaks of some partition. */
export function withoutTimeAlone(of: AssetCondition): AssetCondition | null {
  if (!holdsByTime(of)) return of;
  if (of.type !== 'any') return null;
  const parts = of.of.map(withoutTimeAlone).filter((part) => part !== null);
  return parts.length === 0 ? null : { type: 'any', of: parts };
}

/** Whether it would hold at a tick, given what is new. */
export function wouldHoldAtTick(of: AssetCondition, isNew: Happened['isNew']): boolean {
  return judge(of, { isNew, hasTicked: yes });
}

/** Whether it holds without a tick. */
export function holdsByUpdates(of: AssetCondition, isNew: Happened['isNew']): boolean {
  return judge(of, { isNew, hasTicked: no });
}
