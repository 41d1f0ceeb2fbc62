import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCustomers, type Customer } from './customer.ts';
import { TenantDatabases } from './databases.ts';
import { startMailReceiver } from './mail-receiver.ts';
import { Mailer } from './mail.ts';
import { TenantRegistry, type Tenant } from './tenants.ts';

let directory = '';
let customer: Customer;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tutti-services-'));
  [customer] = (await readCustomers(new URL('customers.csv', import.meta.url))) as [Customer];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const first = { idempotencyKey: 'run-1:step' };
const other = { idempotencyKey: 'run-2:step' };

const openRegistry = (): TenantRegistry => new TenantRegistry(join(directory, 'registry.db'));

describe('the registry', () => {
  it('creates one tenant per key, also across a restart', () => {
    const before = openRegistry();
    const { id } = before.create(customer, first);
    before.close();
    const after = openRegistry();
    expect(after.create(customer, first).id).toBe(id);
    expect(after.list()).toHaveLength(1);
    after.close();
  });

  it('refuses a second onboarding of the same customer', () => {
    const registry = openRegistry();
    registry.create(customer, first);
    expect(() => registry.create(customer, other)).toThrow(/already has a tenant/);
    registry.close();
  });

  it('activates and removes any number of times', () => {
    const registry = openRegistry();
    const { id } = registry.create(customer, first);
    registry.activate(id);
    registry.activate(id);
    expect(registry.list()[0]?.state).toBe('active');
    registry.remove(id);
    registry.remove(id);
    expect(registry.list()).toEqual([]);
    expect(() => registry.activate(id)).toThrow(/is gone/);
    registry.close();
  });
});

describe('the databases', () => {
  const tenant: Tenant = {
    id: 'tnt-1',
    customerId: 'acme',
    company: 'Acme',
    contact: 'Ann',
    email: 'ann@acme.example',
    plan: 'team',
    seats: 3,
    state: 'new',
  };

  it('have a schema and first rows', () => {
    const { file } = new TenantDatabases(directory).create(tenant, first);
    const db = new DatabaseSync(file, { readOnly: true });
    expect(db.prepare('select name, role from users').all()).toEqual([{ name: 'Ann', role: 'owner' }]);
    expect(db.prepare('select count(*) as n from tasks').get()).toEqual({ n: 3 });
    expect(db.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    db.close();
  });

  it('are made once per key; what a crash left half done is made anew', () => {
    const databases = new TenantDatabases(directory);
    writeFileSync(join(directory, 'tnt-1.db.draft'), 'torn');
    const { file } = databases.create(tenant, first);
    const before = readFileSync(file);
    databases.create(tenant, first);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(databases.list()).toEqual([file]);
    expect(() => databases.create(tenant, other)).toThrow(/made by another onboarding/);
  });

  it('are dropped any number of times', () => {
    const databases = new TenantDatabases(directory);
    databases.create(tenant, first);
    databases.drop('tnt-1');
    databases.drop('tnt-1');
    expect(databases.list()).toEqual([]);
  });
});

describe('the mail receiver', () => {
  it('keeps a mail once, however often it is sent', async () => {
    const seen: boolean[] = [];
    const mailbox = await startMailReceiver({ directory, onMail: ({ isCopy }) => seen.push(isCopy) });
    const mailer = new Mailer({ port: mailbox.port });
    const sent = await mailer.welcome(customer, first);
    await mailer.welcome(customer, first);
    await mailer.survey(customer, other);
    const names = await mailbox.list();
    await mailbox.stop();
    expect(seen).toEqual([false, true, false]);
    expect(names).toHaveLength(2);
    const texts = names.map((name) => readFileSync(join(directory, name), 'utf8')).join('\n');
    expect(texts).toContain(`Message-ID: ${sent.messageId}`);
    expect(texts).toContain(`Idempotency-Key: ${encodeURIComponent(first.idempotencyKey)}`);
    expect(texts).toContain(`<${customer.email}>`);
  });
});

describe('the list of customers', () => {
  it('holds ten, with commas and quotes in their names', async () => {
    const customers = await readCustomers(new URL('customers.csv', import.meta.url));
    expect(customers).toHaveLength(10);
    expect(customers.map(({ company }) => company)).toContain('Harbour & Sons Freight Lines, Ltd');
    expect(customers.map(({ company }) => company)).toContain('Tindall Row Books "since 1921"');
  });

  it('is refused as a whole when a row does not fit', async () => {
    const file = join(directory, 'customers.csv');
    writeFileSync(file, 'id,company,contact,email,plan,seats,country\nacme,Acme,Ann,no-address,team,0,DE\n');
    await expect(readCustomers(file)).rejects.toThrow(/email[^]*seats/);
  });
});
