import { once } from 'node:events';
import type { CommandSpec } from '../command.ts';
import { engineLog } from '../engine-log.ts';
import { modulesArgument, readServingOptions, servingOptions, tokenNote } from '../serving-options.ts';

/** `tutti start <modules...>` */
export const command: CommandSpec = {
  summary: 'Run an engine with the definitions of these modules until it is stopped.',
  description:
    'For production: a module that cannot be imported, or two definitions of one name, stop the start. ' +
    'SIGINT or SIGTERM end it gracefully; runs continue with the next start.',
  args: [modulesArgument],
  options: servingOptions,
  examples: [
    { command: 'start workflows.ts', does: 'data in .tutti, API on this machine only' },
    { command: 'start workflows.ts --store /var/lib/tutti --port 8080', does: 'at another place' },
  ],
  connects: false,
  async run({ args, out, clock, data, env, typed, stopSignal }) {
    const { loadModules, resolveModules } = await import('../load-modules.ts');
    const { hostEngine } = await import('../host-engine.ts');
    const modules = resolveModules(args.texts('modules'));
    const { definitions, failures } = await loadModules(modules);
    const [failure] = failures;
    if (failure !== undefined) throw failure;
    const serving = readServingOptions(args, env);
    const engine = await hostEngine({
      data,
      definitions,
      modules,
      clock,
      logger: engineLog(out, clock, args.flag('verbose') === true),
      ...serving,
    });
    out.note(
      `${definitions.length} ${definitions.length === 1 ? 'definition' : 'definitions'}: ${definitions.map(({ name }) => name).join(', ')}`,
    );
    out.note(`Store ${data.store}, API ${engine.url}, ${tokenNote(serving, data)}. Stop with Ctrl-C.`);
    out.note(`Next: ${typed('runs list')}`);
    if (!stopSignal.aborted) await once(stopSignal, 'abort');
    out.note('Stopping: runs stay on disk and continue with the next start.');
    await engine.stop();
    return 0;
  },
};
