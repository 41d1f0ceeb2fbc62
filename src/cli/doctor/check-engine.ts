import { formatDuration } from '../../base/duration.ts';
import { isTuttiError } from '../../base/tutti-error.ts';
import type { Client } from '../../app/index.ts';
import type { Invocation } from '../command.ts';
import { fine, type Finding } from './finding.ts';

/** A wall clock before this (2026-01-01) was never set. */
const clockMinMs = 1_767_225_600_000;

/** What the engine, or the store without one, says about workers, runs and time. */
export async function checkEngine({ connect, clock, typed }: Invocation): Promise<readonly Finding[]> {
  const now = clock.now();
  try {
    const { client, isLive } = await connect({});
    const engine: Finding = isLive
      ? fine('engine', 'answers')
      : {
          check: 'engine',
          result: 'warning',
          finding: 'none is running',
          remedy: `Start one: ${typed('start <modules...>')}`,
        };
    return [
      engine,
      await checkClock(client, now),
      await checkWorkers(client, now),
      ...(await checkRuns(client, typed)),
    ];
  } catch (error) {
    // A doctor does not faint: whatever goes wrong here is a finding.
    if (!isTuttiError(error)) {
      const remedy = `Read the whole error: ${typed('runs list --verbose')}`;
      return [{ check: 'engine', result: 'failed', finding: String(error), remedy }];
    }
    const result = error.code === 'TUTTI_STORE_NOT_FOUND' ? 'warning' : 'failed';
    return [{ check: 'engine', result, finding: `${error.code}: ${error.message}`, remedy: error.remedy }];
  }
}

async function checkClock(client: Client, now: number): Promise<Finding> {
  const [newest] = await client.listRuns({ limit: 1 });
  const aheadMs = (newest?.updatedAt ?? 0) - now;
  const finding = new Date(now).toISOString();
  if (now >= clockMinMs && aheadMs < 60_000) return fine('clock', finding);
  const why = now < clockMinMs ? finding : `${formatDuration(aheadMs)} behind what the store last recorded`;
  return {
    check: 'clock',
    result: 'failed',
    finding: why,
    remedy: 'Set the clock of this machine (NTP); timers and leases depend on it.',
  };
}

async function checkWorkers(client: Client, now: number): Promise<Finding> {
  const { workers } = await client.status();
  const alive = workers.filter(({ state }) => state === 'alive');
  const late = alive.filter(({ leaseUntil }) => leaseUntil < now);
  if (late.length === 0) return fine('workers', `${alive.length} alive`);
  const names = late.map(
    ({ name, leaseUntil }) => `${name} (lease ended ${formatDuration(now - leaseUntil)} ago)`,
  );
  return {
    check: 'workers',
    result: 'warning',
    finding: names.join(', '),
    remedy:
      'Nothing, if its process was killed: the next engine takes its runs. Else look for what blocks it.',
  };
}

async function checkRuns(client: Client, typed: Invocation['typed']): Promise<readonly Finding[]> {
  const { runs } = await client.status();
  const findings: Finding[] = [];
  if (runs.paused > 0) {
    findings.push({
      check: 'paused runs',
      result: 'warning',
      finding: String(runs.paused),
      remedy: `See why: ${typed('runs list --state paused')}`,
    });
  } else findings.push(fine('paused runs', 'none'));
  const open = await client.listRuns({ states: ['pending', 'running', 'waiting'], limit: 1_000 });
  const { workers } = await client.status();
  const known = new Set(
    workers.filter(({ state }) => state === 'alive').flatMap(({ definitions }) => definitions),
  );
  const missing = [...new Set(open.map(({ definition }) => definition))].filter(
    (definition) => !known.has(definition),
  );
  if (missing.length === 0) findings.push(fine('code', 'every open run has a worker with its code'));
  else {
    findings.push({
      check: 'code',
      result: 'warning',
      finding: `no living worker has ${missing.join(', ')}`,
      remedy: 'Start an engine with the modules that define them; the runs wait for it.',
    });
  }
  return findings;
}
