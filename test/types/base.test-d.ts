import { describe, expectTypeOf, it } from 'vitest';
import type { Duration, ErrorCode, InferInput, InferOutput, RetryPolicy, TuttiError } from 'tutti';
import { z } from 'zod';

describe('the public types', () => {
  it('know a duration from a slip', () => {
    expectTypeOf<'1h30m'>().toExtend<Duration>();
    expectTypeOf<'1h 30m'>().toExtend<Duration>();
    expectTypeOf<250>().toExtend<Duration>();
    expectTypeOf<'5 minutes'>().not.toExtend<Duration>();
    expectTypeOf<'5'>().not.toExtend<Duration>();
  });

  it('close the table of codes', () => {
    expectTypeOf<'TUTTI_RUN_NOT_FOUND'>().toExtend<ErrorCode>();
    expectTypeOf<'TUTTI_NO_SUCH_CODE'>().not.toExtend<ErrorCode>();
    expectTypeOf<TuttiError['code']>().toEqualTypeOf<ErrorCode>();
  });

  it('refuse a misspelt retry option', () => {
    expectTypeOf<{ maximumAttempts: 3 }>().toExtend<RetryPolicy>();
    // @ts-expect-error -- the field's name is maximumAttempts
    const policy: RetryPolicy = { maxAttempts: 3 };
    expectTypeOf(policy).toEqualTypeOf<RetryPolicy>();
  });

  it('read both sides of a schema', () => {
    const schema = z.object({ age: z.coerce.number<string>(), tags: z.array(z.string()).default([]) });
    expectTypeOf<InferInput<typeof schema>>().toEqualTypeOf<{ age: string; tags?: string[] | undefined }>();
    expectTypeOf<InferOutput<typeof schema>>().toEqualTypeOf<{ age: number; tags: string[] }>();
  });
});
