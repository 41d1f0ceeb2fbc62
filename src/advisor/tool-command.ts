/** A command of Tutti that an advice points to. */
export interface ToolCommand {
  /** Without the name of the program. */
  readonly command: string;
  /** Whether this version does not have it yet; it is named all the same, and marked. */
  readonly isPlanned: boolean;
}

type ToolCommandName =
  | 'defsLint'
  | 'topologyCheck'
  | 'replayCheck'
  | 'lab'
  | 'doctor'
  | 'pausedRuns'
  | 'failedRuns'
  | 'openApprovals'
  | 'init';

/** Every command that an advice names. A test compares them with what the command line has. */
export const toolCommands: Readonly<Record<ToolCommandName, ToolCommand>> = {
  defsLint: { command: 'defs lint', isPlanned: true },
  topologyCheck: { command: 'events topology --check', isPlanned: true },
  replayCheck: { command: 'runs replay --check', isPlanned: true },
  lab: { command: 'lab run', isPlanned: true },
  doctor: { command: 'doctor', isPlanned: false },
  pausedRuns: { command: 'runs list --state paused', isPlanned: false },
  failedRuns: { command: 'runs list --state failed', isPlanned: false },
  openApprovals: { command: 'approvals list', isPlanned: false },
  init: { command: 'init --from advice.json', isPlanned: false },
};

/** The command as shown to people. */
export function describeToolCommand({ command, isPlanned }: ToolCommand): string {
  return `tutti ${command}${isPlanned ? ' (planned)' : ''}`;
}
