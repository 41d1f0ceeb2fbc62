/** `demo onboarding`: takes the example's customers on board and tells what happens, until it is stopped. */
import type { Client, RunView } from '../../app/index.ts';
import type { Clock } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import type { Output } from '../output.ts';
import { formatClockTime } from '../show/format-time.ts';
import type { ExampleModule, OpenedExample } from './onboarding-example.ts';
import { Story, type StoryLine } from './story.ts';

/** What the demo is given; the engine behind the client is at work. */
export interface OnboardingDemoOptions {
  readonly client: Client;
  readonly module: ExampleModule;
  readonly example: OpenedExample;
  readonly clock: Clock;
  readonly out: Output;
  readonly typed: (command: string) => string;
  readonly stopSignal: AbortSignal;
  /** End by itself as soon as every run has ended or waits for a person. */
  readonly endsWhenWaiting: boolean;
}

/** Customers are started one after the other, so that a reader can follow. */
const startEveryMs = 300;
const lookEveryMs = 150;
/** After how long without news the reader is told what to type. */
const quietMs = 900;

/** Resolves when it was asked to stop, or has nothing left to do and was told to end then. */
export async function tellOnboarding(options: OnboardingDemoOptions): Promise<void> {
  const { client, module, example, clock, out, stopSignal } = options;
  const names = new Map(example.customers.map((customer) => [module.runIdOf(customer), customer.company]));
  const story = new Story(client, 'onboarding', names);
  const known = new Set((await welcomeBack(story, options)).map((run) => run.id));
  const waiting = example.customers.filter((customer) => !known.has(module.runIdOf(customer)));
  let nextStartAt = clock.now();
  let newsAt = clock.now();
  let hinted = '';
  while (!stopSignal.aborted) {
    const now = clock.now();
    if (waiting.length > 0 && now >= nextStartAt) {
      const customer = waiting.shift();
      if (customer !== undefined) await module.startOnboarding(client, customer);
      nextStartAt = now + startEveryMs;
    }
    for (const line of await story.next()) {
      out.line(layOut(line, out));
      newsAt = now;
    }
    if (waiting.length === 0 && now - newsAt >= quietMs) {
      const hint = await whatNow(options);
      if (hint.key !== hinted) for (const line of hint.lines) out.line(line);
      hinted = hint.key;
      if (options.endsWhenWaiting && hint.isAtRest) return;
    }
    await pause(lookEveryMs, clock, stopSignal);
  }
}

async function welcomeBack(story: Story, options: OnboardingDemoOptions): Promise<readonly RunView[]> {
  const { example, out } = options;
  const known = await story.skip();
  if (known.length === 0) {
    out.line(`${example.customers.length} companies signed up. Each gets one durable run:`);
    out.line('create tenant → provision database → welcome mail → administrator → activate → sleep → survey');
    out.line('');
    return known;
  }
  const count = (states: readonly string[]): number =>
    known.filter((run) => states.includes(run.state)).length;
  const ended = count(['completed']);
  const failed = count(['failed', 'canceled']);
  out.line(
    `Going on where it was: ${known.length} of ${example.customers.length} companies have their run, ` +
      `${ended} on board, ${failed === 0 ? '' : `${failed} turned down, `}${known.length - ended - failed} under way. Nobody is started twice.`,
  );
  const lease = await foreignLease(options);
  if (lease > 0) {
    out.line(
      `The engine before did not say goodbye; its lease ends in ${formatDuration(lease)}, then its runs go on here.`,
    );
  }
  out.line('');
  return known;
}

/** How long an engine other than this one is believed to live, in milliseconds; 0 if there is none. */
async function foreignLease({ client, clock }: OnboardingDemoOptions): Promise<number> {
  const { workers } = await client.status();
  const alive = workers.filter((worker) => worker.state === 'alive').toSorted((a, b) => a.number - b.number);
  // This engine is the one that registered last.
  const until = alive.slice(0, -1).map((worker) => worker.leaseUntil);
  return Math.max(0, ...until.map((instant) => instant - clock.now()));
}

interface Hint {
  /** Changes when there is something new to say. */
  readonly key: string;
  readonly lines: readonly string[];
  /** Nothing will happen until a person does something. */
  readonly isAtRest: boolean;
}

async function whatNow({ client, example, out, typed }: OnboardingDemoOptions): Promise<Hint> {
  const approvals = await client.listApprovals();
  const runs = await client.listRuns({ definition: 'onboarding', limit: 1_000 });
  const open = runs.filter((run) => run.endedAt === null);
  const first = approvals[0];
  const command = (text: string): string => `  ${out.style('cyan', typed(text))}`;
  const places = [
    `  tenants    ${example.tenants.list().length} rows in ${example.places.registry}`,
    `  databases  ${example.databases.list().length} files in ${example.places.databases}`,
    `  mails      ${(await example.mailbox?.list())?.length ?? 0} files in ${example.places.mails}`,
  ];
  if (first !== undefined) {
    return {
      key: `approvals ${approvals.length}`,
      isAtRest: approvals.length >= open.length,
      lines: [
        '',
        out.style(
          'bold',
          `${approvals.length} ${approvals.length === 1 ? 'question waits' : 'questions wait'} for an administrator. In a second terminal:`,
        ),
        command('approvals list'),
        command(`approvals answer ${first.runId} --approve --by you`),
        command(`runs show ${first.runId}`),
        ...places,
        `Ctrl-C stops; the next start goes on here. What a kill does: ${typed('demo crash')}`,
        '',
      ],
    };
  }
  if (open.length > 0) return { key: 'under way', lines: [], isAtRest: false };
  return {
    key: 'over',
    isAtRest: true,
    lines: [
      '',
      out.style('bold', 'Every run has ended.'),
      ...places,
      command('runs list'),
      'Ctrl-C stops.',
      '',
    ],
  };
}

function layOut({ at, who, mark, text }: StoryLine, out: Output): string {
  const time = formatClockTime(at).slice(0, 8);
  const name = who.length > 32 ? `${who.slice(0, 31)}…` : who.padEnd(32);
  const styles = {
    '✓': 'green',
    '●': 'green',
    '?': 'yellow',
    '…': 'dim',
    '↻': 'yellow',
    '✗': 'red',
  } as const;
  return `${out.style('dim', time)}  ${name}  ${out.style(styles[mark], mark)} ${text}`;
}

/** Resolves after the time, or at once when asked to stop. */
function pause(durationMs: number, clock: Clock, stopSignal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer.cancel();
      stopSignal.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.setTimer(durationMs, end);
    stopSignal.addEventListener('abort', end);
    if (stopSignal.aborted) end();
  });
}
