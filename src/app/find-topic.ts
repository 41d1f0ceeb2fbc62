import type { EventsRuntime, Topic } from '../events/index.ts';

/** A topic of this engine. @throws TUTTI_TOPIC_NOT_FOUND with the nearest name there is. */
export function findTopic(events: EventsRuntime, name: string): Topic {
  const { name: known } = events.publisher.topic(name);
  return events.topics.find((topic) => topic.name === known) as Topic;
}
