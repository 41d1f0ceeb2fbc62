import { join, resolve } from 'node:path';
import type { Client, Duration, Workflow } from 'tutti';
import { readCustomers, type Customer } from './customer.ts';
import { TenantDatabases } from './databases.ts';
import { startMailReceiver, type MailReceiver } from './mail-receiver.ts';
import { Mailer } from './mail.ts';
import { TenantRegistry } from './tenants.ts';
import { defineOnboarding } from './workflow.ts';

export interface OpenOptions {
  /** Where tenants, databases and mails go; created where it is missing. */
  readonly directory: string;
  /** How long after the activation the survey goes out. Default three days. */
  readonly surveyAfter?: Duration;
  /** Port of a mail server on this machine. Default: a receiver of our own is started. */
  readonly mailPort?: number;
}

/** The example, opened: the workflow with its services, and what to look at afterwards. */
export interface Onboarding {
  readonly workflow: Workflow;
  readonly customers: readonly Customer[];
  readonly tenants: TenantRegistry;
  readonly databases: TenantDatabases;
  /** Undefined where mails go to someone else's server. */
  readonly mailbox: MailReceiver | undefined;
  readonly mailPort: number;
  /** Absolute paths of what the workflow leaves behind. */
  readonly places: { readonly registry: string; readonly databases: string; readonly mails: string };
  stop(): Promise<void>;
}

/** Opens registry, databases and mail below one directory, and defines the workflow on them. */
export async function openOnboarding(options: OpenOptions): Promise<Onboarding> {
  const directory = resolve(options.directory);
  const places = {
    registry: join(directory, 'registry.db'),
    databases: join(directory, 'databases'),
    mails: join(directory, 'mails'),
  };
  const customers = await readCustomers(new URL('customers.csv', import.meta.url));
  const mailbox =
    options.mailPort === undefined ? await startMailReceiver({ directory: places.mails }) : undefined;
  const mailPort = mailbox?.port ?? options.mailPort ?? 0;
  const tenants = new TenantRegistry(places.registry);
  const databases = new TenantDatabases(places.databases);
  const workflow = defineOnboarding(
    { tenants, databases, mail: new Mailer({ port: mailPort }) },
    options.surveyAfter === undefined ? {} : { surveyAfter: options.surveyAfter },
  );
  return {
    workflow,
    customers,
    tenants,
    databases,
    mailbox,
    mailPort,
    places,
    async stop(): Promise<void> {
      tenants.close();
      await mailbox?.stop();
    },
  };
}

/** The id of the customer's run: made of the customer's id, so that no customer is taken on board twice. */
export function runIdOf(customer: Customer): string {
  return `onboarding-${customer.id}`;
}

/** Starts the customer's run, or finds the one that is there. Resolves when the run is on disk. */
export async function startOnboarding(client: Client, customer: Customer): Promise<void> {
  await client.startRun('onboarding', customer, { id: runIdOf(customer), onConflict: 'attach' });
}
