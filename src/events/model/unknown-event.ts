import { nearestName } from '../../base/nearest.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { TopicSettings } from './topic-settings.ts';

/** The error for an event that its topic does not declare; names the nearest one there is. */
export function unknownEvent(topic: TopicSettings, type: string): TuttiError {
  const types = [...topic.events.keys()];
  const nearest = nearestName(type, types);
  const hint = nearest === undefined ? `it declares ${types.join(', ')}` : `did you mean "${nearest}"?`;
  return new TuttiError(
    'TUTTI_EVENT_UNKNOWN',
    `Topic "${topic.name}" declares no event "${type}"; ${hint}.`,
    {
      details: { topic: topic.name, type },
    },
  );
}
