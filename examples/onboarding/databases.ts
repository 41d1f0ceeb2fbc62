import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { NonRetryableError } from 'tutti';
import type { Once, Tenant } from './tenants.ts';

export interface ProvisionedDatabase {
  readonly tenantId: string;
  /** Absolute path. */
  readonly file: string;
}

const schema = `
  create table provisioning (idempotency_key text not null, tenant_id text not null) strict;
  create table users (
    id integer primary key, name text not null, email text not null unique,
    role text not null check (role in ('owner', 'admin', 'member'))
  ) strict;
  create table projects (
    id integer primary key, title text not null, owner_id integer not null references users (id),
    archived integer not null default 0 check (archived in (0, 1))
  ) strict;
  create table tasks (
    id integer primary key, project_id integer not null references projects (id) on delete cascade,
    title text not null, done integer not null default 0 check (done in (0, 1))
  ) strict;
  create index tasks_of_project on tasks (project_id);
  create table settings (name text primary key, value text not null) strict, without rowid;
`;

const firstTasks = ['Invite your colleagues', 'Import your data', 'Choose who may see what'];

/** One SQLite file per tenant, with schema and first rows. */
export class TenantDatabases {
  readonly directory: string;

  /** @param directory Where the files lie; created where it is missing. */
  constructor(directory: string) {
    this.directory = resolve(directory);
    mkdirSync(this.directory, { recursive: true });
  }

  /**
   * Makes the tenant's database, once per idempotency key. It is built under a name of its own and renamed when it is
   * whole, so after a crash there is either no database or a finished one; what the crash left is built anew.
   */
  create(tenant: Tenant, { idempotencyKey }: Once): ProvisionedDatabase {
    const file = this.#fileOf(tenant.id);
    if (!existsSync(file)) {
      const draft = `${file}.draft`;
      for (const rest of [draft, `${draft}-journal`]) rmSync(rest, { force: true });
      build(draft, tenant, idempotencyKey);
      renameSync(draft, file);
      syncDirectory(this.directory);
    } else if (keyOf(file) !== idempotencyKey) {
      throw new NonRetryableError(
        `The database of tenant ${tenant.id} exists and was made by another onboarding.`,
      );
    }
    return { tenantId: tenant.id, file };
  }

  /** Deletes the tenant's database. Dropping one that is not there changes nothing. */
  drop(tenantId: string): void {
    rmSync(this.#fileOf(tenantId), { force: true });
    syncDirectory(this.directory);
  }

  /** Absolute paths of all finished databases. */
  list(): readonly string[] {
    const names = readdirSync(this.directory).filter((name) => name.endsWith('.db'));
    return names.toSorted().map((name) => join(this.directory, name));
  }

  #fileOf(tenantId: string): string {
    return join(this.directory, `${tenantId}.db`);
  }
}

function build(file: string, tenant: Tenant, idempotencyKey: string): void {
  using db = new DatabaseSync(file);
  db.exec('pragma synchronous = full; begin;');
  db.exec(schema);
  db.prepare('insert into provisioning values (?, ?)').run(idempotencyKey, tenant.id);
  db.prepare(`insert into users (id, name, email, role) values (1, ?, ?, 'owner')`).run(
    tenant.contact,
    tenant.email,
  );
  db.prepare('insert into projects (id, title, owner_id) values (1, ?, 1)').run(
    `First steps at ${tenant.company}`,
  );
  const addTask = db.prepare('insert into tasks (project_id, title) values (1, ?)');
  for (const title of firstTasks) addTask.run(title);
  const set = db.prepare('insert into settings values (?, ?)');
  set.run('plan', tenant.plan);
  set.run('seats', String(tenant.seats));
  db.exec('commit;');
}

function keyOf(file: string): unknown {
  using db = new DatabaseSync(file, { readOnly: true });
  return db.prepare('select idempotency_key as found from provisioning').get()?.['found'];
}

/** Makes the names in a directory durable: a rename survives a power cut only after this. */
function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
