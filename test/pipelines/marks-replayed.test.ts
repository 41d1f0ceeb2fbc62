import { describe, expect, it } from 'vitest';
import { pipeline } from 'tutti';
import { createTestTutti } from 'tutti/testing';

describe('a marked task', () => {
  it('regression: still counts as ended when another process replays what came after it', async () => {
    const ran: string[] = [];
    const broken = pipeline('broken', {}, (p) => {
      const a = p.task('a', {}, (): string => {
        throw new Error('a broke');
      });
      const b = p.task('b', { a }, ({ a }) => {
        ran.push('b');
        return `b after ${a}`;
      });
      const nap = p.sleep('nap', '1h');
      const c = p.task('c', { b }, ({ b }) => `c after ${b}`);
      p.after(nap, b);
      p.after(c, nap);
      return c;
    });
    await using env = await createTestTutti({ definitions: [broken] });
    const { id } = await env.start(broken, undefined);
    await env.untilRested(id);
    expect((await env.show(id)).state).toBe('failed');
    await env.client.markTasks(id, { select: ['a'], state: 'success', value: 'by hand', by: 'Ada' });
    expect((await env.untilRested(id)).state).toBe('waiting');
    const { tasks } = await env.client.showTasks(id);
    expect(tasks.find((task) => task.id === 'b')?.states).toEqual({ success: 1 });
    await env.restart();
    await env.advance('2h');
    expect((await env.show(id)).output).toBe('c after b after by hand');
    expect(ran).toEqual(['b']);
  });
});
