import type { CommandSpec } from '../command.ts';
import { packageVersion } from '../package-version.ts';

/** `tutti version` */
export const command: CommandSpec = {
  summary: 'Say which version this is.',
  examples: [{ command: 'version', does: 'also as --version' }],
  data: '{ tutti, node, platform }',
  connects: false,
  async run({ out }) {
    const version = {
      tutti: packageVersion(),
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
    };
    out.object(version, () => [`tutti ${version.tutti} (Node.js ${version.node}, ${version.platform})`]);
    return 0;
  },
};
