import type { Clock } from '../base/clock.ts';
import type { Definition, RunHandle, StepRequest } from '../engine/index.ts';
import { defaultRetryPolicy } from '../base/retry-policy.ts';
import { outsideOfWorkflow } from '../workflows/index.ts';
import type { Mocks, StepMockRule } from './mocks.ts';
import { overlay } from './overlay.ts';
import { passTime } from './pass-time.ts';
import type { RunningBodies, RunningBody } from './running-bodies.ts';
import { callMock } from './call-mock.ts';

/** What the test kit puts around the definitions of one process. */
export interface Surroundings {
  readonly mocks: Mocks;
  readonly bodies: RunningBodies;
  readonly clock: Clock;
  readonly isDead: () => boolean;
}

/** The definition with its steps known to the test kit, replaced where a mock says so. */
export function interceptDefinition(definition: Definition, around: Surroundings): Definition {
  const execute: Definition['execute'] = (run, input) => {
    const mock = around.mocks.ofWorkflow(definition.name);
    const handle = interceptRun(run, definition.name, around);
    if (mock === undefined) return definition.execute(handle, input);
    // As a step, so that a mock is called once, however often its run is replayed.
    return handle.step({
      place: { path: '', cancelScope: run.root },
      name: 'mock',
      body: () => mock.call(input, run.record.id),
      retry: { ...defaultRetryPolicy, maximumAttempts: 1 },
      attemptTimeoutMs: null,
      timeoutMs: null,
    });
  };
  return overlay(definition, { execute });
}

/** The run whose steps are intercepted; one object per execution of the code, so that it can count what the code issues. */
function interceptRun(run: RunHandle, definition: string, around: Surroundings): RunHandle {
  const issued = new Map<string, number>();
  const step: RunHandle['step'] = (request) => {
    const nth = (issued.get(request.name) ?? 0) + 1;
    issued.set(request.name, nth);
    const rule = around.mocks.ofStep(definition, request.name, nth);
    return run.step({ ...request, body: watchedBody({ run, request, nth, rule, around }) });
  };
  return overlay(run, { step });
}

interface WatchedStep {
  readonly run: RunHandle;
  readonly request: StepRequest;
  readonly nth: number;
  readonly rule: StepMockRule | undefined;
  readonly around: Surroundings;
}

function watchedBody({ run, request, nth, rule, around }: WatchedStep): StepRequest['body'] {
  const { bodies, clock, isDead } = around;
  return (attempt) => {
    // A dead process begins nothing; only code that does not wait for its commits gets here.
    if (isDead()) return new Promise(() => undefined);
    if (rule === undefined) return bodies.run(() => request.body(attempt));
    const call = (running: RunningBody): unknown =>
      callMock({
        rule,
        attempt,
        runId: run.record.id,
        stepName: request.name,
        nth,
        original: () => request.body(attempt),
        takes: (durationMs) => passTime({ durationMs, running, bodies, clock, signal: attempt.signal }),
      });
    return bodies.run((running) => outsideOfWorkflow(call, running));
  };
}
