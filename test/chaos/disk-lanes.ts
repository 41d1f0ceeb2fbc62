/** A disk that is full, a disk whose syncs fail, and SIGKILL at every call that writes to it. */
import { spawnSync } from 'node:child_process';
import { Case, runUndisturbed } from './case.ts';
import type { LedgerLine } from './facts.ts';
import type { Bench, CaseResult, Lane, LaneRun } from './lane.ts';
import { probeName } from './worker-task.ts';
import { workloadNames } from './workloads.ts';

const leaseMs = 150;

// --- full ---

/** Room for the store's first pages and a workload's log, and quickly filled. */
const diskBytes = 4 * 2 ** 20;

/** Runs the rest in a mount namespace of its own, where the case's directory is a small file system in memory. */
function onSmallDisk(directory: string): readonly string[] {
  const mount = `mount -t tmpfs -o size=${diskBytes} chaos '${directory}' && exec "$@"`;
  return ['unshare', ...namespaceFlags(), 'sh', '-c', mount, 'sh'];
}

function namespaceFlags(): readonly string[] {
  return process.getuid?.() === 0 ? ['--mount'] : ['--map-root-user', '--mount'];
}

function canMount(): boolean {
  if (process.platform !== 'linux') return false;
  const args = [...namespaceFlags(), 'mount', '-t', 'tmpfs', 'chaos', '/mnt'];
  return spawnSync('unshare', args, { stdio: 'ignore' }).status === 0;
}

/** The disk fills up before a transaction or a payload; a client is told; room is made; everything goes on. */
export const fullDiskLane: Lane = {
  name: 'full-disk',
  title: 'a full disk (ENOSPC on a small file system), then room',
  workloads: workloadNames,
  countPoints: async ({ passed }) => passed['fill-disk'],
  obstacle: () =>
    canMount() ? null : 'a small file system cannot be mounted here (needs Linux and unshare)',
  shortCases: 1,
  runCase: runFull,
};

async function runFull({ bench, workload, reference }: LaneRun, at: number): Promise<CaseResult> {
  const it = new Case(bench, workload);
  const within = onSmallDisk(it.directory);
  const disturbance = { do: 'fill-disk', at } as const;
  await it.ended(it.start({ life: 1, role: 'drive', leaseMs, disturbance, within }), 'exit');
  let isReached = false;
  const result = await it.close({ reference, disturbances: 1 }, (lines) => {
    isReached = lines.some(isAboutProbe);
    checkTold(it, lines, isReached);
  });
  return { ...result, isReached };
}

function checkTold(it: Case, lines: readonly LedgerLine[], isReached: boolean): void {
  if (!isReached) return;
  const refused = lines.filter((line) => line.type === 'refused');
  it.expect(
    refused.some((line) => line.request.run === probeName),
    'a client was not refused although the disk was full',
  );
  for (const { code } of refused) it.expect(code === 'TUTTI_STORE_FULL', `a client was told ${code}`);
  const end = lines.findLast((line) => line.type === 'ended');
  const probe = end?.state.runs.find(({ id }) => id === probeName);
  it.expect(probe?.state === 'completed', 'nothing could be started after room was made');
  const lost = lines.find((line) => line.type === 'trouble' && line.name === 'worker.lost');
  it.expect(lost === undefined, `the worker gave up its runs: ${lost?.type === 'trouble' ? lost.text : ''}`);
}

function isAboutProbe(line: LedgerLine): boolean {
  return (line.type === 'refused' || line.type === 'acknowledged') && line.request.run === probeName;
}

// --- failing calls ---

const withoutCompiler = ({ failingDisk }: Bench): string | null =>
  failingDisk === null ? 'failing-disk.c cannot be compiled here (needs Linux and a C compiler)' : null;

type DiskFault = 'kill' | 'sync';

function diskEnv(bench: Bench, what: DiskFault, at: number): Readonly<Record<string, string>> {
  return { LD_PRELOAD: bench.failingDisk ?? '', CHAOS_DISK: what, CHAOS_DISK_AT: String(at) };
}

function countCalls(what: DiskFault): Lane['countPoints'] {
  return async ({ bench, workload }) => {
    const { exit } = await runUndisturbed(bench, workload, { env: diskEnv(bench, what, 0) });
    return Number(/chaos: passed (\d+)/.exec(exit.complaints)?.[1] ?? 0);
  };
}

/** As the lane `kill`, one level below: also within SQLite, in payload files, and while the database is created. */
export const killCallLane: Lane = {
  name: 'kill-call',
  title: 'SIGKILL before a system call that writes (pwrite, fsync, fdatasync, ftruncate, rename)',
  workloads: workloadNames,
  countPoints: countCalls('kill'),
  obstacle: withoutCompiler,
  shortCases: 1,
  runCase: async ({ bench, workload, reference }, at) => {
    const it = new Case(bench, workload);
    const first = it.start({ life: 1, role: 'drive', leaseMs, env: diskEnv(bench, 'kill', at) });
    const isKilled = (await it.ended(first, 'either')).signal === 'SIGKILL';
    if (isKilled) await it.ended(it.start({ life: 2, role: 'drive', leaseMs }), 'exit');
    return it.close({ reference, disturbances: isKilled ? 1 : 0 });
  },
};

/** One sync fails; the process goes on, and a second one opens the store anew. */
export const failedSyncLane: Lane = {
  name: 'failed-sync',
  title: 'one fsync or fdatasync fails with EIO; then the store is opened anew',
  workloads: workloadNames,
  countPoints: countCalls('sync'),
  obstacle: withoutCompiler,
  shortCases: 1,
  runCase: async ({ bench, workload, reference }, at) => {
    const it = new Case(bench, workload);
    const env = diskEnv(bench, 'sync', at);
    const { complaints, code } = await it.start({ life: 1, role: 'drive', leaseMs, env }).exit;
    // The first syncs belong to the creation of the store: all that can be asked there is to refuse with a code.
    it.expect(code === 0 || complaints.includes('TUTTI_STORE_'), `the process broke: ${complaints.trim()}`);
    await it.ended(it.start({ life: 2, role: 'drive', leaseMs }), 'exit');
    const result = await it.close({ reference, disturbances: 1 });
    return { ...result, isReached: complaints.includes('chaos: failed') };
  },
};
