import type { CrashFinding } from './crash-findings.ts';

/** How many findings the text shows. */
const shownMax = 20;

/** The findings of a crash test for people. */
export function describeFindings(result: {
  readonly kills: number;
  readonly positions: number;
  readonly findings: readonly CrashFinding[];
}): string {
  const { kills, positions, findings } = result;
  const scope = `${kills} kill(s) at ${positions} position(s)`;
  if (findings.length === 0) return `Nothing found: ${scope}, and no difference.`;
  const shown = findings.slice(0, shownMax).map(describeFinding);
  const more = findings.length - shown.length;
  return [
    `${findings.length} finding(s), ${scope}:`,
    ...shown,
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('\n');
}

function describeFinding({ point, struckAt, kind, message }: CrashFinding, index: number): string {
  if (point === null) return `${index + 1}. ${kind}: ${message}.`;
  const where =
    point.moment === 'before'
      ? `Killed before write ${point.write} reached the store: ${struckAt}.`
      : `Killed after write ${point.write} reached the store, before the process knew: ${struckAt}.`;
  return `${index + 1}. ${kind}: ${message}.\n   ${where}\n   Repeat it with { only: '${point.id}' }.`;
}
