import { describe, expect, it } from 'vitest';
import { toolCommands } from '../../src/advisor/index.ts';
import { parseCommandLine } from '../../src/cli/parse-command-line.ts';

/** What an advice tells people to type exists, or says that it does not yet. */

describe('the commands an advice names', () => {
  it.each(Object.values(toolCommands))('$command: planned is $isPlanned', async ({ command, isPlanned }) => {
    const isKnown = await parseCommandLine(command.split(' '), {}).then(
      () => true,
      () => false,
    );
    // A planned command that exists now is an outdated mark: set isPlanned to false in tool-command.ts.
    expect(isKnown).toBe(!isPlanned);
  });
});
