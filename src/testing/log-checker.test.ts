import { describe, expect, it } from 'vitest';
import { checkLog, type LogHistory, type PublishSeen, type RecordSeen } from './log-checker.ts';

function published(
  id: string,
  offset: number | null,
  outcome: PublishSeen['outcome'] = 'acknowledged',
): PublishSeen {
  return { partition: 0, id, key: 'k', offset, outcome };
}

function seen(id: string, offset: number, key = 'k'): RecordSeen {
  return { partition: 0, offset, id, key };
}

function history(
  publishes: readonly PublishSeen[],
  log: readonly RecordSeen[],
  effects: readonly RecordSeen[] = log,
): LogHistory {
  const readers = [
    { name: 'the log', kind: 'log' as const, records: log },
    { name: 'the handler', kind: 'effects' as const, records: effects },
  ];
  return { publishes, readers, isDrained: true };
}

const a = published('a', 0);
const b = published('b', 1);

describe('the log checker', () => {
  it('finds nothing in a log that kept its promises', () => {
    const unknown = published('c', null, 'unknown');
    expect(checkLog(history([a, b, unknown], [seen('a', 0), seen('b', 1)]))).toEqual([]);
    expect(checkLog(history([a, unknown], [seen('a', 0), seen('c', 1)]))).toEqual([]);
  });

  it.each([
    ['lost-write', history([a, b], [seen('b', 1)])],
    ['unseen', history([a, b], [seen('a', 0), seen('b', 1)], [seen('a', 0)])],
    ['duplicate', history([a, b], [seen('a', 0), seen('b', 1)], [seen('a', 0), seen('b', 1), seen('b', 1)])],
    ['aborted-read', history([published('a', null, 'failed')], [seen('a', 0)])],
    ['inconsistent-offsets', history([a], [seen('z', 0)])],
    ['nonmonotonic-poll', history([a, b], [seen('b', 1), seen('a', 0)])],
    ['poll-skip', history([a, b, published('c', 2)], [seen('a', 0), seen('c', 2)])],
    ['reordered-key', history([a, b], [seen('a', 0), seen('b', 1)], [seen('b', 1), seen('a', 0)])],
  ] as const)('finds a %s', (kind, story) => {
    expect(checkLog(story).map((anomaly) => anomaly.kind)).toContain(kind);
  });

  it('does not call unseen what there was no time for', () => {
    const story = history([a, b], [seen('a', 0)]);
    expect(checkLog({ ...story, isDrained: false })).toEqual([]);
  });
});
