import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operationKey, type EntryKind, type JournalEntry } from './model/journal.ts';
import { isOf, keyOf, ReplayScript, type IssuedOperation } from './replay-script.ts';

function operation(scope: string, kind: EntryKind, name: string, occurrence: number): IssuedOperation {
  return { kind, identity: { scope, name, occurrence, key: operationKey(scope, kind, name, occurrence) } };
}

function entryOf({ kind, identity }: IssuedOperation, seq: number): JournalEntry {
  const { scope, name, occurrence } = identity;
  const times = { startedAt: 0, at: 0 };
  return { seq, kind, scope, name, occurrence, attempt: 1, outcome: 'ok', ...times, payload: null };
}

/** Different operations, in the order in which the code issues them. */
const operations = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom('', 'a', 'a/b'),
      fc.constantFrom<EntryKind>('step', 'timer', 'signal'),
      fc.constantFrom('x', 'y'),
      fc.nat({ max: 9 }),
    ),
    { selector: (parts) => operationKey(...parts), maxLength: 40 },
  )
  .map((all) => all.map((parts) => operation(...parts)));

describe('a replay script', () => {
  it('says of every operation that is issued whether the journal will answer it, in whatever order the answers lie', () => {
    fc.assert(
      fc.property(operations, fc.func(fc.nat()), fc.nat(), (issued, order, cut) => {
        const recorded = issued.slice(0, cut % (issued.length + 1));
        const answers = recorded.toSorted((a, b) => order(a.identity.key) - order(b.identity.key));
        const script = new ReplayScript(answers.map(entryOf));
        // Each is issued before its answer is delivered, as code does.
        for (const one of issued) {
          expect(script.willAnswer(one)).toBe(recorded.includes(one));
          while (script.next !== undefined && order(script.next.name) % 2 === 0) {
            const key = keyOf(script.next);
            if (!issued.slice(0, issued.indexOf(one) + 1).some(({ identity }) => identity.key === key)) break;
            script.advance();
          }
        }
        expect(answers.every(({ identity }) => script.hasEnded(identity.key))).toBe(true);
      }),
    );
  });

  it('knows an entry of an operation exactly by its identity', () => {
    fc.assert(
      fc.property(operations, (all) => {
        for (const one of all)
          for (const [seq, other] of all.entries())
            expect(isOf(entryOf(other, seq), one)).toBe(one === other);
      }),
    );
  });
});
