import type { CommandSpec } from './command.ts';

/** Loads a command when it is asked for: `version` must not wait for the code of `dev`. */
export type CommandLoader = () => Promise<{ readonly command: CommandSpec }>;

/** Every command by the words that call it. Order is the order of the help. */
export const catalog: Readonly<Record<string, CommandLoader>> = {
  dev: () => import('./commands/dev.ts'),
  start: () => import('./commands/start.ts'),
  run: () => import('./commands/run.ts'),
  'runs list': () => import('./commands/runs/list.ts'),
  'runs show': () => import('./commands/runs/show.ts'),
  'runs watch': () => import('./commands/runs/watch.ts'),
  'runs history': () => import('./commands/runs/history.ts'),
  'runs logs': () => import('./commands/runs/logs.ts'),
  'runs export': () => import('./commands/runs/export.ts'),
  'runs cancel': () => import('./commands/runs/cancel.ts'),
  'runs retry': () => import('./commands/runs/retry.ts'),
  'runs pause': () => import('./commands/runs/pause.ts'),
  'runs resume': () => import('./commands/runs/resume.ts'),
  signal: () => import('./commands/signal.ts'),
  'approvals list': () => import('./commands/approvals/list.ts'),
  'approvals show': () => import('./commands/approvals/show.ts'),
  'approvals answer': () => import('./commands/approvals/answer.ts'),
  'defs list': () => import('./commands/defs/list.ts'),
  'defs show': () => import('./commands/defs/show.ts'),
  advise: () => import('./commands/advise.ts'),
  'advise compare': () => import('./commands/advise/compare.ts'),
  'advise explain': () => import('./commands/advise/explain.ts'),
  'advise flip': () => import('./commands/advise/flip.ts'),
  'advise simulate': () => import('./commands/advise/simulate.ts'),
  init: () => import('./commands/init.ts'),
  demo: () => import('./commands/demo.ts'),
  doctor: () => import('./commands/doctor.ts'),
  version: () => import('./commands/version.ts'),
};

/** What the first words of the two-word commands stand for. */
export const groups: Readonly<Record<string, string>> = {
  runs: 'Look at runs and steer them.',
  approvals: 'Questions that runs ask people.',
  defs: 'The definitions the engine has the code of.',
};
