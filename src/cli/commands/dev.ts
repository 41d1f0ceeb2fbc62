import type { CommandSpec } from '../command.ts';
import { modulesArgument, readServingOptions, servingOptions } from '../serving-options.ts';

/** `tutti dev <modules...>` */
export const command: CommandSpec = {
  summary: 'Run an engine while you write: reloads on save, checks every suspension by a replay.',
  description:
    'Your code runs in a process of its own that is replaced when one of its files changes; runs continue in the new one. ' +
    'A module that cannot be imported is shown with file and line, and the others keep running.',
  args: [modulesArgument],
  options: servingOptions,
  examples: [
    { command: 'dev workflows.ts', does: 'data in .tutti' },
    { command: 'dev src/flows/*.ts --store :memory:', does: 'forget everything at the end' },
  ],
  connects: false,
  async run({ args, out, clock, data, env, typed, stopSignal }) {
    const { resolveModules } = await import('../load-modules.ts');
    const { Supervisor } = await import('../dev/supervisor.ts');
    const { reportError } = await import('../report-error.ts');
    const isVerbose = args.flag('verbose') === true;
    const supervisor = new Supervisor({
      request: {
        store: data.named ?? null,
        modules: resolveModules(args.texts('modules')),
        serving: readServingOptions(args, env),
        isVerbose,
      },
      out,
      clock,
      reportError: (error) => reportError(out, error, env, isVerbose),
    });
    out.note(`Store ${data.store}. Reloads on save; stop with Ctrl-C.`);
    out.note(`Next, in another terminal: ${typed('defs list')}`);
    await supervisor.run(stopSignal);
    return 0;
  },
};
