import type { ArgumentSpec, OptionSpec } from '../command.ts';

/** The argument that names a topic. */
export const topicArgument: ArgumentSpec = { name: 'topic', summary: 'Name of the topic.' };

/** The argument that names a consumer. */
export const consumerArgument: ArgumentSpec = {
  name: 'consumer',
  summary: 'topic/subscription, or the subscription alone where only one topic has it.',
};

/** The arguments that make an event. */
export const eventArguments: readonly ArgumentSpec[] = [
  topicArgument,
  { name: 'type', summary: 'Type of the event, as the topic declares it.' },
  { name: 'data', summary: 'Its data as JSON. Default: null.', required: false },
];

/** The option that reads the data of an event from a file. */
export const dataFileOption: OptionSpec = {
  flags: '-f, --input-file <path>',
  summary: 'Read the data from a file; - is stdin.',
};

/** The option that names the replay whose dead letters are meant. */
export const replayOption: OptionSpec = {
  flags: '--replay <name>',
  summary: 'Those of this replay. Default: those of the live subscription.',
};

/** The options that choose dead letters. */
export const letterOptions: readonly OptionSpec[] = [
  replayOption,
  { flags: '--cause <cause>', summary: 'Only those that failed for this cause.' },
  { flags: '--filter <json>', summary: 'Only those whose event matches this pattern.' },
  { flags: '-n, --limit <count>', summary: 'At most so many.' },
];
