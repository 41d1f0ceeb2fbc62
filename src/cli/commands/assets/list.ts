import type { CommandSpec } from '../../command.ts';
import { formatRelative } from '../../show/format-time.ts';
import { tableLines } from '../../show/table.ts';

/** `tutti assets list` */
export const command: CommandSpec = {
  summary: 'List assets: who makes and reads them, and when each was last made.',
  examples: [{ command: 'assets list', does: 'what is stale' }],
  data: 'AssetView[]',
  async run({ out, clock, connect }) {
    const { client } = await connect({ definitions: true });
    const assets = await client.listAssets();
    const now = clock.now();
    out.list(assets, () =>
      tableLines(
        out,
        ['ASSET', 'LAST MADE', 'BY', 'MADE', 'READ BY', 'PARTITIONS'],
        assets.map((asset) => [
          asset.name,
          asset.last === null ? 'never' : formatRelative(asset.last.at, now),
          asset.producers.join(', '),
          String(asset.made),
          asset.consumers.join(', '),
          asset.partitions ?? '',
        ]),
      ),
    );
    if (assets.length === 0) out.note('No assets.');
    return 0;
  },
};
