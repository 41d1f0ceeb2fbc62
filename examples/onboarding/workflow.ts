import { workflow, type Duration, type Workflow } from 'tutti';
import { z } from 'zod';
import { Customer } from './customer.ts';
import type { TenantDatabases } from './databases.ts';
import type { Mailer } from './mail.ts';
import type { TenantRegistry } from './tenants.ts';

/** What the workflow needs from the world. Each call takes an idempotency key, so it may be made twice. */
export interface Services {
  readonly tenants: Pick<TenantRegistry, 'create' | 'activate' | 'remove'>;
  readonly databases: Pick<TenantDatabases, 'create' | 'drop'>;
  readonly mail: Pick<Mailer, 'welcome' | 'regret' | 'survey'>;
}

export interface OnboardingOptions {
  /** How long after the activation the survey goes out. Default three days. */
  readonly surveyAfter?: Duration;
}

/** What is left when a customer is on board. */
export interface Onboarded {
  readonly tenantId: string;
  readonly database: string;
  readonly verifiedBy: string;
}

const Verification = z.object({
  approved: z.boolean(),
  note: z.string().optional(),
});

/** Takes a company from the sign-up form to a working account; an administrator decides in the middle. */
export function defineOnboarding(
  { tenants, databases, mail }: Services,
  { surveyAfter = '3d' }: OnboardingOptions = {},
): Workflow<Customer, Onboarded> {
  return workflow('onboarding', { input: Customer, timeout: '60d' }, async (ctx, customer) => {
    ctx.status('setting up');
    const tenant = await ctx.step('create tenant', (step) => tenants.create(customer, step), {
      retry: { initialInterval: '500ms', maximumAttempts: 8 },
      compensate: (created) => tenants.remove(created.id),
    });
    const database = await ctx.step('provision database', (step) => databases.create(tenant, step), {
      attemptTimeout: '30s',
      compensate: (created) => databases.drop(created.tenantId),
    });
    await ctx.step('send welcome mail', (step) => mail.welcome(customer, step), {
      retry: { initialInterval: '1s', maximumInterval: '5m' },
      compensate: (_sent, step) => mail.regret(customer, step),
    });

    ctx.status('waiting for an administrator');
    const review = await ctx.ask('verify account', {
      form: Verification,
      to: 'admins',
      timeout: '14d',
      remind: '2d',
      detail: {
        company: customer.company,
        email: customer.email,
        plan: customer.plan,
        seats: customer.seats,
      },
    });
    if (!review.approved) return ctx.compensate(`rejected by ${review.by}`);

    await ctx.step('activate', () => tenants.activate(tenant.id));
    ctx.status('active; the survey follows');
    await ctx.sleep(surveyAfter, 'until the survey');
    await ctx.step('send survey', (step) => mail.survey(customer, step));
    ctx.status('on board');
    return { tenantId: tenant.id, database: database.file, verifiedBy: review.by };
  });
}
