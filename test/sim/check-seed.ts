import { simulate, type Verdict } from './simulation.ts';

/** Lines of the trace in a report. */
const tailLines = 60;

/** Simulates a seed twice; a second history that differs from the first is a violation too. */
export async function checkSeed(seed: number, onLine?: (line: string) => void): Promise<Verdict> {
  const verdict = await simulate({ seed, ...(onLine === undefined ? {} : { onLine }) });
  if (verdict.violations.length > 0) return verdict;
  const again = await simulate({ seed });
  if (again.digest === verdict.digest) return verdict;
  const text = `the simulation is not deterministic: trace ${verdict.digest}, then ${again.digest}`;
  return { ...verdict, violations: [{ invariant: 'sim', text, at: 0 }] };
}

/** What a person needs: the end of the trace, what is wrong, and the command that shows it again. */
export function report({ seed, violations, tail, summary }: Verdict): string {
  return [
    ...tail.slice(-tailLines),
    '',
    `Seed ${seed} failed (${summary}):`,
    ...violations.map(({ invariant, text, at }) => `  ${invariant} after ${at} ms: ${text}`),
    `Again: npm run sim -- --seed ${seed} --verbose`,
    '',
  ].join('\n');
}
