import * as v from 'valibot';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import {
  type InferInput,
  type InferOutput,
  type StandardSchema,
  validate,
  validateSync,
} from './standard-schema.ts';

const zodCustomer = z.object({
  email: z.email(),
  age: z.coerce.number(),
  tags: z.array(z.string()).default([]),
});
const valibotCustomer = v.object({
  email: v.pipe(v.string(), v.email()),
  age: v.number(),
  tags: v.array(v.string()),
});

function failing(count: number): StandardSchema {
  const issues = Array.from({ length: count }, (_, i) => ({
    message: `wrong ${i}`,
    path: [{ key: 'list' }, i],
  }));
  return { '~standard': { version: 1, vendor: 'test', validate: () => ({ issues }) } };
}

describe('validation', () => {
  it("gives zod's converted value", async () => {
    const given = { email: 'a@example.com', age: '7' };
    const expected = { email: 'a@example.com', age: 7, tags: [] };
    expect(await validate(zodCustomer, given, 'it')).toEqual(expected);
    expect(validateSync(zodCustomer, given, 'it')).toEqual(expected);
    expectTypeOf<InferOutput<typeof zodCustomer>>().toEqualTypeOf<{
      email: string;
      age: number;
      tags: string[];
    }>();
    expectTypeOf<InferInput<typeof zodCustomer>['tags']>().toEqualTypeOf<string[] | undefined>();
  });

  it('lists every issue with its path', async () => {
    const given = { email: 'nobody', age: 7, tags: ['a', 5] };
    await expect(
      validate(valibotCustomer, given, "the input of workflow 'onboarding'"),
    ).rejects.toMatchObject({
      code: 'TUTTI_INPUT_INVALID',
      message: expect.stringMatching(
        /^the input of workflow 'onboarding' does not fit its schema: email: .*; tags\[1\]: /,
      ),
      details: { issues: [{ path: 'email' }, { path: 'tags[1]' }] },
    });
  });

  it('names the value itself when the issue has no path', () => {
    const pathless: StandardSchema = {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'wrong' }] }) },
    };
    expect(() => validateSync(pathless, 5, 'it')).toThrow(/^it does not fit its schema: wrong$/);
    expect(() => validateSync(z.string(), 5, 'it')).toThrow(
      /^it does not fit its schema: Invalid input: expected string/,
    );
  });

  it('spells out ten issues and counts the rest', () => {
    expect(() => validateSync(failing(12), {}, 'it')).toThrow(/list\[9\]: wrong 9; and 2 more$/);
    expect(() => validateSync(failing(10), {}, 'it')).toThrow(/wrong 9$/);
  });

  it('writes nested keys with dots', () => {
    const schema = z.object({ address: z.object({ zip: z.string() }) });
    expect(() => validateSync(schema, { address: {} }, 'it')).toThrow('address.zip: ');
  });

  it('waits for an asynchronous schema', async () => {
    const schema = z.string().refine(async (text) => Promise.resolve(text === 'yes'));
    expect(await validate(schema, 'yes', 'it')).toBe('yes');
    await expect(validate(schema, 'no', 'it')).rejects.toThrow('it does not fit');
  });

  it('refuses an asynchronous schema where it cannot wait, without leaving a rejection behind', () => {
    const schema: StandardSchema = {
      '~standard': { version: 1, vendor: 'test', validate: () => Promise.reject(new Error('late')) },
    };
    expect(() => validateSync(schema, 'x', 'it')).toThrow(
      expect.objectContaining({ code: 'TUTTI_DEFINITION_INVALID' }),
    );
  });
});
