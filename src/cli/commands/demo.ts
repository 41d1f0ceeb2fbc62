import { join } from 'node:path';
import { parseDuration, type Duration } from '../../base/duration.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { silentLogger } from '../../base/logger.ts';
import type { CommandSpec, Invocation } from '../command.ts';
import { isAnswering } from '../connect.ts';
import { engineLog } from '../engine-log.ts';

const scenarios = ['onboarding', 'crash', 'fraud'];

/** Shows what Tutti does, on real databases and real mail. */
export const command: CommandSpec = {
  summary: 'Show it: a customer onboarding, an engine that is killed and goes on, a stream of card payments.',
  description:
    'onboarding (the default) takes ten companies on board, says what happens and waits for you as the administrator, until ' +
    'Ctrl-C. Its state lies beside the store and survives. crash kills its own engine twice with SIGKILL, shows the timeline ' +
    'with the gaps, compares journal and effects, and exits with 8 if anything was lost or repeated; it works in a ' +
    'temporary directory of its own. fraud watches a stream of card payments that follows from a seed, and exits with 8 if ' +
    'any payment was lost or decided twice.',
  args: [{ name: 'scenario', summary: 'onboarding, crash or fraud. Default onboarding.', required: false }],
  options: [
    {
      flags: '--survey-after <duration>',
      summary: 'How long after the activation the survey goes out. Default 10s.',
    },
    { flags: '--rate <number>', summary: 'Card payments per second. Default 5000.' },
    { flags: '--seconds <number>', summary: 'How long they come. Default 10.' },
    { flags: '--seed <number>', summary: 'What they follow from. Default 7.' },
    { flags: '--once', summary: 'End by itself as soon as nothing is left to do but for a person.' },
  ],
  examples: [
    { command: 'demo onboarding', does: 'Take ten companies on board.' },
    { command: 'demo crash', does: 'Kill the engine in mid-run and watch it go on.' },
    { command: 'demo fraud --rate 2000 --seconds 5', does: 'Score, decide and count 10,000 card payments.' },
    { command: 'demo onboarding --once --survey-after 1s', does: 'The same for a script.' },
  ],
  connects: false,
  async run(invocation: Invocation): Promise<number> {
    const scenario = invocation.args.text('scenario') ?? 'onboarding';
    if (!scenarios.includes(scenario)) {
      throw new TuttiError(
        'TUTTI_ARGUMENT_INVALID',
        `There is no demo '${scenario}'; expected ${scenarios.join(', ')}.`,
      );
    }
    if (scenario === 'crash') {
      const { runCrashDemo } = await import('../demo/crash-demo.ts');
      await runCrashDemo({ clock: invocation.clock, print: (line) => invocation.out.line(line) });
      return 0;
    }
    if (scenario === 'fraud') {
      const { runFraudDemo } = await import('../demo/fraud-demo.ts');
      return runFraudDemo(invocation);
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
  const { openFraudBeside } = await import('../demo/fraud-example.ts');
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
    const fraud = await openFraudBeside(join(data.directory, 'fraud-watch'));
    const definitions = [
      example.workflow,
      ...(sales === null ? [] : [sales]),
      ...(fraud === null ? [] : fraud.definitions),
    ];
    const engine = await hostEngine({ data, clock, logger, definitions, modules: [] });
    out.line(`State: ${data.directory}`);
    if (sales !== null) {
      const input = `'{"day": "2008-07-18"}'`;
      out.line(`A pipeline is here too: ${invocation.typed(`pipeline run daily-sales ${input} --watch`)}`);
    }
    const ending = new AbortController();
    const watching = fraud?.play(engine.tutti.client, clock, ending.signal).then((line) => {
      if (line === null) return;
      out.line(
        `${line} The whole picture: ${invocation.typed('topology')}; more: ${invocation.typed('demo fraud')}`,
      );
    });
    try {
      const endsWhenWaiting = args.flag('once') === true;
      await tellOnboarding({ ...invocation, client: engine.tutti.client, module, example, endsWhenWaiting });
      if (stopSignal.aborted) out.line('Stopping. Everything is on disk; the next start goes on here.');
    } finally {
      ending.abort();
      await watching;
      await engine.stop();
      fraud?.close();
    }
  } finally {
    await example.stop();
  }
  return 0;
}
