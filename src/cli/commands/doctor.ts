import { TuttiError } from '../../base/tutti-error.ts';
import type { CommandSpec } from '../command.ts';
import type { Finding } from '../doctor/finding.ts';
import { tableLines } from '../show/table.ts';

/** `tutti doctor` */
export const command: CommandSpec = {
  summary: 'Check the machine, the store and the engine; exits with 8 if something is wrong.',
  examples: [{ command: 'doctor -o json', does: 'for a monitor' }],
  data: '{ check, result: ok | warning | failed, finding, remedy }[]',
  async run(invocation) {
    const { out, data, clock } = invocation;
    const { checkDisk, checkFsync, checkNode } = await import('../doctor/check-machine.ts');
    const { checkStore } = await import('../doctor/check-store.ts');
    const { checkEngine } = await import('../doctor/check-engine.ts');
    const findings: Finding[] = [checkNode()];
    findings.push(
      ...(await checkStore(data)),
      checkDisk(data),
      checkFsync(data, clock),
      ...(await checkEngine(invocation)),
    );
    const rows = findings.map(({ check, result, finding }) => [
      check,
      out.style(styles[result], result),
      finding,
    ]);
    out.list(findings, () => tableLines(out, ['CHECK', 'RESULT', 'FINDING'], rows));
    for (const { check, result, remedy } of findings) if (result !== 'ok') out.note(`${check}: → ${remedy}`);
    const failed = findings.filter(({ result }) => result === 'failed');
    if (failed.length === 0) return 0;
    throw new TuttiError(
      'TUTTI_CHECK_FAILED',
      `${failed.length} of ${findings.length} checks failed: ${failed.map(({ check }) => check).join(', ')}.`,
    );
  },
};

const styles = { ok: 'green', warning: 'yellow', failed: 'red' } as const;
