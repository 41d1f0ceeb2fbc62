import { describe, expect, it } from 'vitest';
import { advise } from './advise.ts';
import { exclusionsOf } from './exclusions.ts';
import { defaultLimits, readLimits } from './limits.ts';
import { questionTable as table } from './table/question-table.ts';

const today = '2026-11-25';

function rulesFor(chosen: Readonly<Record<string, string>>, limits = defaultLimits): readonly string[] {
  return exclusionsOf(table, chosen, limits).map(({ rule, paradigm }) => `${paradigm}: ${rule}`);
}

describe('exclusions', () => {
  it.each([
    [{ shape: 'loops' }, ['pipeline: pipeline-cycle']],
    [{ latency: '<1s' }, ['pipeline: pipeline-latency']],
    [{ latency: 'seconds' }, []],
    [{ throughput: '50-1k/s' }, []],
    [{ throughput: '1k-10k/s' }, ['pipeline: pipeline-starts']],
    [{ throughput: '>10k/s' }, ['pipeline: pipeline-starts', 'stateful: stateful-starts']],
    [{ latency: '<100ms' }, ['pipeline: pipeline-latency']],
    [
      { latency: '<100ms', throughput: '1k-10k/s' },
      ['pipeline: pipeline-latency', 'pipeline: pipeline-starts', 'stateful: stateful-fast-starts'],
    ],
    [{ latency: '<1s', throughput: '1k-10k/s' }, ['pipeline: pipeline-latency', 'pipeline: pipeline-starts']],
  ])('%j', (chosen, rules) => {
    expect(rulesFor(chosen)).toEqual(rules);
  });

  it.each([
    [{ transitions: '>10/s' }, 'keep those steps in one process'],
    [{ steps: 'one' }, 'use a plain job or cron'],
  ])('of all three recommend none, and say what to do instead: %j', (answers, instead) => {
    const { recommendation, migration, starter } = advise(
      { answers: { ...answers, duration: '>1d' } },
      { today },
    );
    expect(recommendation).toMatchObject({ paradigm: 'none', fit: 0, confidence: 'high' });
    expect(recommendation.why).toContain(instead);
    expect([migration, starter]).toEqual([[], null]);
  });

  it('follow measured limits and cite where they come from', () => {
    const limits = readLimits({
      source: 'lab run 7',
      pipelineStartsPerSecondMax: 5_000,
      pipelineLatencyMsMin: 200,
    });
    expect(rulesFor({ throughput: '1k-10k/s', latency: '<1s' }, limits)).toEqual([]);
    const [excluded] = exclusionsOf(table, { latency: '<100ms' }, limits);
    expect(excluded?.sentence).toContain('lab run 7');
    expect(advise({ answers: { latency: '<100ms' } }, { today, limits }).limits).toEqual(limits);
  });

  it.each([
    ['an unknown limit', { source: 'x', pipelineStartsPerSecond: 1 }, 'TUTTI_OPTION_UNKNOWN'],
    ['no origin', { pipelineStartsPerSecondMax: 1 }, 'TUTTI_OPTION_INVALID'],
    ['a limit of nothing', { source: 'x', transitionsPerSecondMax: 0 }, 'TUTTI_OPTION_INVALID'],
    ['no object', 5, 'TUTTI_OPTION_INVALID'],
  ])('do not take limits with %s', (_, value, code) => {
    expect(() => readLimits(value)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
