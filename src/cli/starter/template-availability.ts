import type { StarterTemplate } from '../../advisor/index.ts';

/**
 * What each template needs from `tutti` that this version does not export; empty for those that work. This is the one place
 * that switches a template on: empty its list once the names are exported, and its project is generated and tested.
 */
export const missingNames: Readonly<Record<StarterTemplate, readonly string[]>> = {
  workflow: [],
  pipeline: [],
  events: ['event', 'topic'],
  mixed: ['event', 'topic'],
};
