/**
 * Measures short commands of the built command line, node in front and nothing else: `{name, value, unit, floor, ratio}`. The
 * floor is an empty program on the same Node, round by round in turn with the command. Value: the median.
 *
 *   npm run -s build && node bench/commands.ts
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const rounds = 21;
const bin = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'tutti-commands-'));
const answers = {
  latency: 'hours',
  trigger: 'schedule',
  shape: 'fixed',
  throughput: '<1/s',
  failure: 'retry-step',
};
writeFileSync(join(directory, 'answers.json'), JSON.stringify({ answers }));

const commands: Readonly<Record<string, readonly string[]>> = {
  version: ['version'],
  advise: ['advise', '--in', 'answers.json', '-o', 'json'],
};

for (const [name, args] of Object.entries(commands)) {
  const figures: number[] = [];
  const floors: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    floors.push(millisecondsOf(['--eval', '0']));
    figures.push(millisecondsOf([bin, ...args]));
  }
  const value = medianOf(figures);
  const floor = medianOf(floors);
  const ratio = Number((value / floor).toPrecision(3));
  process.stdout.write(`${JSON.stringify({ name, value, unit: 'ms', floor, ratio })}\n`);
}
rmSync(directory, { recursive: true, force: true });

function millisecondsOf(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, args, { cwd: directory });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  return performance.now() - startedAt;
}

function medianOf(figures: readonly number[]): number {
  return Number((figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0).toPrecision(4));
}
