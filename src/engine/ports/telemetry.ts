/** Something that happened, for whoever measures or traces. Names are listed in docs/reference/telemetry.md. */
export interface TelemetryEvent {
  readonly name:
    | 'run.started'
    | 'run.finished'
    | 'run.paused'
    | 'run.claimed'
    | 'step.finished'
    | 'step.attempt-failed'
    | 'approval.reminded'
    | 'commit.done'
    | 'commit.failed'
    | 'worker.lost'
    | 'worker.declared-dead';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

/** Events out. `isOn` lets the hot path skip building an event that nobody reads. */
export interface Telemetry {
  readonly isOn: boolean;
  emit(event: TelemetryEvent): void;
}

/** Telemetry that nobody reads. */
export const noTelemetry: Telemetry = { isOn: false, emit: () => undefined };
