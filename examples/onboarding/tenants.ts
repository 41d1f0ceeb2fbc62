import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { NonRetryableError } from 'tutti';
import type { Customer } from './customer.ts';

export interface Tenant {
  readonly id: string;
  readonly customerId: string;
  readonly company: string;
  readonly contact: string;
  readonly email: string;
  readonly plan: string;
  readonly seats: number;
  readonly state: 'new' | 'active';
}

/** What an effect needs of its step to be repeatable. A step's own context has this shape. */
export interface Once {
  readonly idempotencyKey: string;
}

const schema = `
  create table if not exists tenants (
    id              text primary key,
    idempotency_key text not null unique,
    customer_id     text not null unique,
    company         text not null,
    contact         text not null,
    email           text not null,
    plan            text not null,
    seats           integer not null check (seats > 0),
    state           text not null default 'new' check (state in ('new', 'active')),
    created_at      text not null default current_timestamp,
    activated_at    text
  ) strict;
`;

const columns = 'id, customer_id as customerId, company, contact, email, plan, seats, state';

/** The list of all tenants: one SQLite file, as it could be one table of your main database. */
export class TenantRegistry {
  readonly #db: DatabaseSync;

  /** Opens the file, creating it and its table where they are missing. */
  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#db = new DatabaseSync(file, { timeout: 5_000 });
    this.#db.exec('pragma journal_mode = wal; pragma synchronous = full;');
    this.#db.exec(schema);
  }

  /**
   * Creates the customer's tenant, once per idempotency key: asked again with the same key, it returns the row that is
   * there. A second request of the same customer is refused and never retried.
   */
  create(customer: Customer, { idempotencyKey }: Once): Tenant {
    this.#db
      .prepare(
        `insert into tenants (id, idempotency_key, customer_id, company, contact, email, plan, seats)
         values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
      )
      .run(
        `tnt-${randomUUID().slice(0, 8)}`,
        idempotencyKey,
        customer.id,
        customer.company,
        customer.contact,
        customer.email,
        customer.plan,
        customer.seats,
      );
    const row = this.#db
      .prepare(`select ${columns} from tenants where idempotency_key = ?`)
      .get(idempotencyKey);
    if (row === undefined) {
      throw new NonRetryableError(
        `Customer ${customer.id} already has a tenant, made by another onboarding.`,
      );
    }
    return row as unknown as Tenant;
  }

  /** Opens the account. Activating an active tenant changes nothing. */
  activate(id: string): void {
    const { changes } = this.#db
      .prepare(
        `update tenants set state = 'active', activated_at = coalesce(activated_at, current_timestamp) where id = ?`,
      )
      .run(id);
    if (changes === 0) throw new NonRetryableError(`Tenant ${id} is gone; it cannot be activated.`);
  }

  /** Takes the tenant back. Removing one that is not there changes nothing. */
  remove(id: string): void {
    this.#db.prepare('delete from tenants where id = ?').run(id);
  }

  /** All tenants in the order of their creation. */
  list(): readonly Tenant[] {
    return this.#db.prepare(`select ${columns} from tenants order by rowid`).all() as unknown as Tenant[];
  }

  close(): void {
    this.#db.close();
  }
}
