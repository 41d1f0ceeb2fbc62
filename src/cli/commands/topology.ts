import type { EmitCycle, TopologyEdge, TopologyView } from '../../events/index.ts';
import type { CommandSpec } from '../command.ts';
import type { Output } from '../output.ts';
import { formatLag, formatRate, styledConsumer } from '../show/describe-topic.ts';

/** `tutti topology` */
export const command: CommandSpec = {
  summary: 'Show how producers, topics and subscriptions hang together, with rates, lag and cycles.',
  description:
    'Declared edges come from the code: what a subscription reads, and what it says it emits. Observed ones were seen among the ' +
    'newest events. A cycle of declared emits that no subscription allows ends the command with exit code 8.',
  examples: [{ command: 'topology', does: 'the whole picture' }],
  data: 'TopologyView',
  async run({ out, connect }) {
    const { client } = await connect({ definitions: true });
    const topology = await client.readTopology();
    out.object(topology, () => describe(topology, out));
    if (topology.topics.length === 0) out.note('No topics.');
    const forbidden = topology.cycles.filter(({ isAllowed }) => !isAllowed);
    for (const { path } of forbidden)
      out.note(`Cycle: ${path.join(' -> ')}. Say allowCycle where it is meant.`);
    return forbidden.length === 0 ? 0 : 8;
  },
};

function describe({ topics, consumers, edges, cycles }: TopologyView, out: Output): readonly string[] {
  const lines = topics.flatMap((topic) => [
    `${out.style('bold', topic.name)}  ${formatRate(topic.perSecond)}, ${topic.count} events`,
    ...edges.filter(({ to }) => to === topic.name).map((edge) => `  <- ${sideOf(edge, edge.from, out)}`),
    ...consumers
      .filter((consumer) => consumer.topic === topic.name)
      .map((consumer) => {
        const emitted = edges.filter(({ from }) => from === consumer.id).map(({ to }) => to);
        const onward = emitted.length === 0 ? '' : `  -> ${emitted.join(', ')}`;
        const lag = formatLag(consumer.lag, consumer.lagMs);
        return `  -> ${consumer.id}  ${styledConsumer(consumer, out)}, behind ${lag}, ${consumer.reaction}${onward}`;
      }),
  ]);
  return [...lines, ...cycles.map((cycle) => cycleLine(cycle, out))];
}

function sideOf({ types, kind }: TopologyEdge, name: string, out: Output): string {
  return `${name}  ${out.style('dim', `${kind}: ${types.join(', ')}`)}`;
}

function cycleLine({ path, isAllowed }: EmitCycle, out: Output): string {
  return out.style(isAllowed ? 'dim' : 'red', `cycle${isAllowed ? ', allowed' : ''}: ${path.join(' -> ')}`);
}
