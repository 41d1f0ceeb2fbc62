import { join } from 'node:path';
import { parseDuration, type Duration } from '../../base/duration.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { silentLogger } from '../../base/logger.ts';
import type { CommandSpec, Invocation } from '../command.ts';
import { isAnswering } from '../connect.ts';
import { engineLog } from '../engine-log.ts';

const scenarios = ['onboarding', 'crash'];

/** Shows what Tutti does, on real databases and real mail. */
export const command: CommandSpec = {
  summary: 'Show it: a customer onboarding, or an engine that is killed and goes on.',
  description:
    'onboarding (the default) takes ten companies on board, says what happens and waits for you as the administrator, until ' +
    'Ctrl-C. Its state lies beside the store and survives. crash kills its own engine twice with SIGKILL, shows the timeline ' +
    'with the gaps, compares journal and effects, and exits with 8 if anything was lost or repeated; it works in a ' +
    'temporary directory of its own.',
  args: [{ name: 'scenario', summary: 'onboarding or crash. Default onboarding.', required: false }],
  options: [
    {
      flags: '--survey-after <duration>',
      summary: 'How long after the activation the survey goes out. Default 10s.',
    },
    { flags: '--once', summary: 'End by itself as soon as nothing is left to do but for a person.' },
  ],
  examples: [
    { command: 'demo onboarding', does: 'Take ten companies on board.' },
    { command: 'demo crash', does: 'Kill the engine in mid-run and watch it go on.' },
    { command: 'demo onboarding --once --survey-after 1s', does: 'The same for a script.' },
  ],
  connects: false,
  async run(invocation: Invocation): Promise<number> {
    const scenario = invocation.args.text('scenario') ?? 'onboarding';
    if (!scenarios.includes(scenario)) {
      throw new TuttiError(
        'TUTTI_ARGUMENT_INVALID',
        `There is no demo '${scenario}'; expected ${scenarios.join(' or ')}.`,
      );
    }
    if (scenario === 'crash') {
      const { runCrashDemo } = await import('../demo/crash-demo.ts');
      await runCrashDemo({ clock: invocation.clock, print: (line) => invocation.out.line(line) });
      return 0;
    }
    return demoOnboarding(invocation);
  },
};

async function demoOnboarding(invocation: Invocation): Promise<number> {
  const { args, clock, data, out, stopSignal } = invocation;
  const surveyAfter = parseDuration((args.text('surveyAfter') ?? '10s') as Duration, '--survey-after');
  const running = data.readEngine();
  if (running !== undefined && (await isAnswering(running))) {
    throw new TuttiError(
      'TUTTI_STATE_CONFLICT',
      `An engine (process ${running.pid}) already works on ${data.store}; stop it first, or name another --store.`,
    );
  }
  const { loadExample } = await import('../demo/onboarding-example.ts');
  const { openDailySales } = await import('../demo/daily-sales-example.ts');
  const { tellOnboarding } = await import('../demo/onboarding-demo.ts');
  const { hostEngine } = await import('../host-engine.ts');
  const module = await loadExample();
  const example = await module.openOnboarding({ directory: join(data.directory, 'onboarding'), surveyAfter });
  try {
    // The story says what goes well; the log only has to say what does not.
    const logger = {
      ...silentLogger,
      warn: engineLog(out, clock, false).warn,
      error: engineLog(out, clock, false).error,
    };
    const sales = await openDailySales(join(data.directory, 'daily-sales'));
    const definitions = [example.workflow, ...(sales === null ? [] : [sales])];
    const engine = await hostEngine({ data, clock, logger, definitions, modules: [] });
    out.line(`State: ${data.directory}`);
    if (sales !== null) {
      const input = `'{"day": "2008-07-18"}'`;
      out.line(`A pipeline is here too: ${invocation.typed(`pipeline run daily-sales ${input} --watch`)}`);
    }
    try {
      const endsWhenWaiting = args.flag('once') === true;
      await tellOnboarding({ ...invocation, client: engine.tutti.client, module, example, endsWhenWaiting });
      if (stopSignal.aborted) out.line('Stopping. Everything is on disk; the next start goes on here.');
    } finally {
      await engine.stop();
    }
  } finally {
    await example.stop();
  }
  return 0;
}
