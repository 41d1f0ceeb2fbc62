/** The examples, how to run each, and what its output must say: once for the source tree, once for the packed package. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface ExampleRun {
  readonly name: string;
  /** Below examples/. */
  readonly file: string;
  /** The last argument is the data directory, where the example takes one. */
  readonly takesDirectory: boolean;
  readonly says: readonly string[];
}

/** Every example that ends by itself. */
export const exampleRuns: readonly ExampleRun[] = [
  {
    name: 'the first workflow retries and completes',
    file: '01-first-workflow/main.ts',
    takesDirectory: false,
    says: ['attempt 1: 503', 'attempt 3: 200', 'completed: 6 words', 'step "fetch" attempt 3: ok'],
  },
  {
    name: 'the approval is answered, and the forgotten one times out',
    file: '02-approval/main.ts',
    takesDirectory: false,
    says: ['TUTTI_INPUT_INVALID', 'Ines: paid, transfer 4711', 'Tom: nobody decided in time'],
  },
  {
    name: 'the bookings are taken back, newest first',
    file: '03-compensation/main.ts',
    takesDirectory: false,
    says: ['took back flight\ntook back hotel\n', 'failed: car is sold out', 'bookings left: 0'],
  },
  {
    name: 'three days of sales reach the warehouse, one after a person looked at it',
    file: 'daily-sales/main.ts',
    takesDirectory: true,
    says: [
      '2008-07-18: completed',
      '"Shi Yue Wei Cheng" has no distributor',
      '2009-07-15: completed',
      '1293.5 M',
    ],
  },
  {
    name: 'all customers are taken on board',
    file: 'onboarding/main.ts',
    takesDirectory: true,
    says: ['tenants: 10', 'databases: 10', 'mails: 20', 'onboarding-lumen-theatre: completed'],
  },
];

/** Runs one example and returns what it printed. Rejects when it exits with anything but 0. */
export async function runExample(
  example: ExampleRun,
  options: { readonly root: string; readonly conditions: readonly string[]; readonly directory: string },
): Promise<string> {
  const { stdout } = await execute(
    process.execPath,
    [
      ...options.conditions.map((condition) => `--conditions=${condition}`),
      `${options.root}/examples/${example.file}`,
      ...(example.takesDirectory ? [`${options.directory}/data`] : []),
    ],
    { cwd: options.directory, timeout: 60_000 },
  );
  return stdout;
}
