/**
 * Which processes of this machine live, so that the runs of one that was killed need not wait for its lease to end.
 *
 * A lease alone would do, and is all there is between machines. But a database file has its workers on one machine, and a
 * worker that is started again after a crash should go on at once. Being wrong here costs time, never truth: a living worker
 * that is declared dead is refused by the fence and registers anew (I2).
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** The processes of a machine as the store sees them. */
export interface ProcessTable {
  /** What names this process on this machine, now and after its death; null where that cannot be told. */
  readonly self: string | null;
  /** Whether the named process certainly lives no more. False when in doubt. */
  readonly isGone: (name: string) => boolean;
}

/**
 * The processes of this machine, through Linux's `/proc` (https://docs.kernel.org/filesystems/proc.html). A name is the host, the
 * boot, the PID namespace (containers share boots), the user (others' processes may be hidden), the PID and when it was started: a
 * PID alone is used again. On other systems nothing is known, and leases decide.
 */
export function machineProcesses(): ProcessTable {
  const machine = machineName();
  if (machine === null) return { self: null, isGone: () => false };
  const startedAt = startOf(process.pid);
  const self = startedAt === null ? null : `${machine} ${process.pid} ${startedAt}`;
  return {
    self,
    isGone: (name) => {
      if (!name.startsWith(`${machine} `)) return false;
      const [pid = '', started] = name.slice(machine.length + 1).split(' ');
      return startOf(Number(pid)) !== started;
    },
  };
}

function machineName(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const namespace = readlinkSync('/proc/self/ns/pid');
    return [hostname(), boot, namespace, process.getuid?.()].join(' ');
  } catch {
    return null;
  }
}

/** When a process was started, in ticks since the boot; null if there is none, or only what its parent has not collected yet. */
function startOf(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The second field is the program's name in parentheses, which may hold anything; the state is the field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const isCorpse = state === 'Z' || state === 'X';
  return isCorpse ? null : (fields[19] ?? null);
}
