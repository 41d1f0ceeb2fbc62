import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { sampleOf } from './sample-of.ts';

describe('a sample of a schema', () => {
  it('fits the schema it was made from', () => {
    const schema = z.object({
      name: z.string(),
      count: z.number().min(3),
      kind: z.enum(['a', 'b']),
      tags: z.array(z.string()),
      isOpen: z.boolean(),
      address: z.union([z.object({ city: z.string() }), z.null()]),
      note: z.string().optional(),
    });
    const sample = sampleOf(z.toJSONSchema(schema));
    expect(schema.safeParse(sample).success).toBe(true);
    expect(sample).not.toHaveProperty('note');
  });

  it('ends for a schema that contains itself', () => {
    const node: Record<string, unknown> = { type: 'object' };
    node['properties'] = { child: node };
    expect(JSON.stringify(sampleOf(node)).length).toBeLessThan(200);
  });
});
