import { describe, expect, it } from 'vitest';
import { pipeline, type PipelineBuild } from './define-pipeline.ts';
import type { AnyRef, Ref } from './ref.ts';

const fine = (): string => 'fine';

function declare(build: PipelineBuild<unknown, AnyRef | undefined | void>): () => unknown {
  return () => pipeline('p', {}, build);
}

describe('declaring a pipeline refuses', () => {
  it('a cycle, and shows its path', () => {
    expect(
      declare((p) => {
        const a = p.task('a', {}, fine);
        const b = p.task('b', { a }, fine);
        const c = p.task('c', { b }, fine);
        p.after(a, c);
        return c;
      }),
    ).toThrow(/wait for each other: (a → b → c → a|b → c → a → b|c → a → b → c)\./);
  });

  it('the same id twice', () => {
    expect(
      declare((p) => {
        p.task('a', {}, fine, { leaf: true });
        p.task('a', {}, fine, { leaf: true });
      }),
    ).toThrow('two tasks have the id "a"');
  });

  it('a reference hidden in a literal', () => {
    expect(
      declare((p) => {
        const a = p.task('a', {}, fine);
        return p.task('b', { options: { nested: [a] } }, fine);
      }),
    ).toThrow('hidden in a literal at "options" of "b".nested.0');
  });

  it('a task nothing needs, unless it is a declared leaf', () => {
    const build = (leaf: boolean) =>
      declare((p) => {
        p.task('lost', {}, fine, { leaf });
        return p.task('a', {}, fine);
      });
    expect(build(false)).toThrow('nothing uses "lost"');
    expect(build(true)).not.toThrow();
  });

  it('a reference of another pipeline', () => {
    let stranger: Ref<string> | undefined;
    pipeline('other', {}, (p) => (stranger = p.task('theirs', {}, fine)));
    expect(declare((p) => p.task('a', { stranger }, fine))).toThrow('belongs to another pipeline');
  });

  it('a reference that leaves the body of a map, or an arm', () => {
    expect(
      declare((p) => {
        let inner: Ref<string> | undefined;
        p.map('m', [1], (n, q) => (inner = q.task('one', { n }, fine)), { leaf: true });
        return p.task('a', { inner }, fine);
      }),
    ).toThrow('exists only inside "m"');
    expect(
      declare((p) => {
        const yes = p.task('yes', {}, () => true);
        let inner: Ref<string> | undefined;
        p.when(yes, (q) => (inner = q.task('one', {}, fine)));
        return p.task('a', { inner }, fine);
      }),
    ).toThrow('runs in one arm of a branch only');
  });

  it('a build function that is not pure', () => {
    let count = 0;
    expect(declare((p) => p.task(`t${count++}`, {}, fine))).toThrow('the build function is not pure');
    expect(declare((async () => undefined) as never)).toThrow('asynchronous');
  });

  it('a task declared when the build function has returned', () => {
    let late: (() => unknown) | undefined;
    pipeline('p', {}, (p) => {
      late = () => p.task('late', {}, fine);
      return p.task('a', {}, fine);
    });
    expect(late).toThrow('after the build function had returned');
  });

  it('an option nobody reads, a rule that is none, an id that would not be read back', () => {
    expect(declare((p) => p.task('a', {}, fine, { retires: 3 } as never))).toThrow("did you mean 'retry'?");
    expect(declare((p) => p.task('a', {}, fine, { rule: 'allSucess' as never }))).toThrow(
      "did you mean 'allSuccess'?",
    );
    expect(declare((p) => p.task('a/b', {}, fine))).toThrow('"a/b" is no id');
    expect(() => pipeline('p', { schedul: 1 } as never, (p) => p.task('a', {}, fine))).toThrow(
      "did you mean 'schedule'?",
    );
  });

  it('a map whose body declares no task', () => {
    expect(declare((p) => p.map('m', [1], (n) => n))).toThrow('declares no task');
  });
});

describe('ids', () => {
  it('carry the groups, maps and loops around a task', () => {
    const { graph } = pipeline('p', {}, (p) =>
      p.group('load', (p) =>
        p.map('file', ['a'], (file, p) => p.group('parts', (p) => p.task('one', { file }, fine))),
      ),
    );
    expect([...graph.byId.keys()]).toEqual(['load/file', 'load/file/parts/one']);
  });
});
