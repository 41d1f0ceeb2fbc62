import type { Paradigm, PerParadigm } from './paradigm.ts';
import { toolCommands, type ToolCommand } from './tool-command.ts';

/** A known pitfall of a paradigm, and how a machine can watch for it. */
export interface Risk {
  readonly paradigm: Paradigm;
  readonly risk: string;
  /** How it shows in practice. */
  readonly symptom: string;
  readonly guard: string;
  readonly check: ToolCommand;
}

type RiskRow = Omit<Risk, 'paradigm'>;

const rows: PerParadigm<readonly RiskRow[]> = {
  pipeline: [
    {
      risk: 'Tasks are not idempotent, or too large.',
      symptom: 'Clearing a task doubles rows, or repeats an hour of work for one failed file.',
      guard: 'Write to a target per interval, replace instead of append, one target per task.',
      check: toolCommands.defsLint,
    },
    {
      risk: 'The graph is bent into what it is not: polling sensors, tasks that wait for people.',
      symptom: 'Slots are full of tasks that do nothing.',
      guard: 'Wait in a stateful node; keep the graph for computing.',
      check: toolCommands.failedRuns,
    },
    {
      risk: 'Late or missing data turns into a green run over nothing.',
      symptom: 'Reports show a dip that was never there.',
      guard: 'A task that checks row counts and freshness and fails loudly, before anything is published.',
      check: toolCommands.failedRuns,
    },
  ],
  'event-driven': [
    {
      risk: 'Events are lost, doubled or out of order.',
      symptom: 'Counts of two systems drift apart, and nobody knows since when.',
      guard: 'Publish through the outbox, key by what must stay in order, make handlers idempotent.',
      check: toolCommands.topologyCheck,
    },
    {
      risk: 'Reactions form a cycle.',
      symptom: 'One event becomes thousands within a minute.',
      guard: 'Draw the topology from the subscriptions, and refuse cycles without an exit.',
      check: toolCommands.topologyCheck,
    },
    {
      risk: 'Schemas couple the teams they were meant to decouple.',
      symptom: 'A renamed field breaks readers that nobody knew of.',
      guard: 'Add fields, never change them; check compatibility before a deployment.',
      check: toolCommands.topologyCheck,
    },
    {
      risk: 'Nobody sees a case from end to end.',
      symptom: '"Where is order 4711?" takes an afternoon.',
      guard: 'Carry a trace id in every event, and have a place to look it up.',
      check: toolCommands.doctor,
    },
  ],
  stateful: [
    {
      risk: 'Workflow code is not deterministic.',
      symptom: 'Runs pause after a deployment with "the code no longer does what its journal recorded".',
      guard: 'Effects belong into steps; during development every suspension is compared with a replay.',
      check: toolCommands.replayCheck,
    },
    {
      risk: 'Code changes under runs that are open for weeks.',
      symptom: 'Old runs pause, new ones work.',
      guard: 'Patch the change, keep the old path until the last old run has ended.',
      check: toolCommands.pausedRuns,
    },
    {
      risk: 'Open waits are forgotten.',
      symptom: 'Hundreds of runs wait for people who have left.',
      guard: 'Every wait has a timeout, a reminder, and someone who sees the list.',
      check: toolCommands.openApprovals,
    },
    {
      risk: 'Steps are so small that the journal costs more than the work.',
      symptom: 'The store grows faster than the business.',
      guard: 'Orchestrate at the grain of effects; keep computing inside a step.',
      check: toolCommands.doctor,
    },
  ],
};

/** The known pitfalls of a paradigm, the most frequent first. */
export function risksOf(paradigm: Paradigm): readonly Risk[] {
  return rows[paradigm].map((row) => ({ paradigm, ...row }));
}
