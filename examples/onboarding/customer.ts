import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';

/** A company that signed up: one row of customers.csv. */
export interface Customer {
  /** Lower-case, digits and dashes: it names the run and nothing may be lost in a file name. */
  readonly id: string;
  readonly company: string;
  /** The person who signed up; becomes the owner of the tenant. */
  readonly contact: string;
  readonly email: string;
  readonly plan: 'starter' | 'team' | 'enterprise';
  /** Number of users paid for, at least 1. */
  readonly seats: number;
  /** ISO 3166 code of the country, two letters. */
  readonly country: string;
}

/** The schema of a customer; numbers may arrive as text, as they do from a CSV file. */
export const Customer: z.ZodType<Customer> = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and dashes'),
  company: z.string().min(1),
  contact: z.string().min(1),
  email: z.email(),
  plan: z.enum(['starter', 'team', 'enterprise']),
  seats: z.coerce.number().int().min(1),
  country: z.string().length(2),
});

/** Reads and checks a file of customers. A row that does not fit fails the whole file, naming row and field. */
export async function readCustomers(file: URL | string): Promise<readonly Customer[]> {
  const rows: unknown = parse(await readFile(file), { columns: true, trim: true, bom: true });
  return z.array(Customer).parse(rows);
}
