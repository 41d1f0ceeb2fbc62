/** The demo's workflow lives in examples/onboarding and uses the package by its public name, as a user's code would. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TuttiError } from '../../base/tutti-error.ts';
import type { Client } from '../../app/index.ts';
import type { Workflow } from '../../workflows/index.ts';

/** What the demo needs to know of a customer. */
interface DemoCustomer {
  readonly id: string;
  readonly company: string;
}

/** The opened example; the shape of `Onboarding` in examples/onboarding/open-onboarding.ts. */
export interface OpenedExample {
  readonly workflow: Workflow;
  readonly customers: readonly DemoCustomer[];
  readonly tenants: { list(): readonly { readonly id: string; readonly state: string }[] };
  readonly databases: { list(): readonly string[] };
  readonly mailbox: { list(): Promise<readonly string[]> } | undefined;
  readonly mailPort: number;
  readonly places: { readonly registry: string; readonly databases: string; readonly mails: string };
  stop(): Promise<void>;
}

/** The exports of examples/onboarding/open-onboarding.ts. */
export interface ExampleModule {
  openOnboarding(options: {
    readonly directory: string;
    readonly surveyAfter?: number;
    readonly mailPort?: number;
  }): Promise<OpenedExample>;
  runIdOf(customer: DemoCustomer): string;
  startOnboarding(client: Client, customer: DemoCustomer): Promise<void>;
}

/** From src/cli/demo and from dist/cli/demo the repository's root is equally far. */
const location = new URL('../../../examples/onboarding/open-onboarding.ts', import.meta.url);

/**
 * Imports the example.
 *
 * @throws TUTTI_MODULE_FAILED where the example is not there: it is part of the repository, not of the installed package.
 */
export async function loadExample(): Promise<ExampleModule> {
  if (!existsSync(location)) {
    throw new TuttiError(
      'TUTTI_MODULE_FAILED',
      `The demo needs ${fileURLToPath(location)}, which comes with a checkout of the repository, not with the installed package.`,
    );
  }
  return (await import(location.href)) as ExampleModule;
}
