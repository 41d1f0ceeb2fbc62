import type { CommandSpec } from '../../command.ts';
import { formatInstant } from '../../show/format-time.ts';
import { tableLines } from '../../show/table.ts';

/** `tutti assets show <asset>` */
export const command: CommandSpec = {
  summary: 'Show an asset and the last update of each of its partitions.',
  args: [{ name: 'asset', summary: 'Name of the asset.' }],
  examples: [{ command: 'assets show orders', does: 'which days are there, and which run made each' }],
  data: 'AssetDetail',
  async run({ args, out, connect }) {
    const { client } = await connect({ definitions: true });
    const asset = await client.showAsset(args.required('asset'));
    out.object(asset, () => [
      `${out.style('bold', asset.name)}  ${asset.description ?? ''}`.trimEnd(),
      ` made by  ${asset.producers.join(', ') || 'no loaded definition'}`,
      ` read by  ${asset.consumers.join(', ') || 'no loaded definition'}`,
      ...(asset.partitions === null ? [] : [` parts    ${asset.partitions}`]),
      '',
      ...tableLines(
        out,
        ['PARTITION', 'MADE', 'BY RUN'],
        asset.updates.map(({ partition, at, run }) => [partition ?? '(whole)', formatInstant(at), run]),
      ),
    ]);
    return 0;
  },
};
