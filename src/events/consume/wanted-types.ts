import { allTypes, typeBit } from '../../engine/index.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';

/** The bits of the types a subscription must look at; see `typeBit`. */
export function wantedTypes(settings: SubscriptionSettings): number {
  // Which events cancel is known to a function only, so all are read.
  if (settings.flow.cancelOn !== null) return allTypes;
  let types = 0;
  for (const type of settings.on) types |= typeBit(type);
  return types;
}
