import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Our own name resolves to src/, as with `node --conditions=tutti-source`. */
const sourceCondition = 'tutti-source';

const shared = {
  ssr: { resolve: { conditions: [sourceCondition, 'node', 'import', 'default'] } },
  test: { execArgv: [`--conditions=${sourceCondition}`] },
};

/** A lane: where its tests are, and how long one may take. */
function lane(name: string, include: string[], testTimeout: number): object {
  return { ...shared, test: { ...shared.test, name, include, testTimeout } };
}

/** Percent of most folders that the tests must reach. */
const counted = { lines: 90, functions: 90, branches: 80 };

const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      // Beside the source; no disk, no processes, no waiting.
      lane('unit', ['src/**/*.test.ts'], 30_000),
      // The conformance kit on every store.
      lane('store', ['test/stores/**/*.test.ts'], 30_000),
      // Pipelines on a whole engine, with real commands, servers and files.
      lane('pipelines', ['test/pipelines/**/*.test.ts'], 60_000),
      // The engine over a store.
      lane('engine', ['test/engine/**/*.test.ts'], 30_000),
      // Topics and subscriptions, whole.
      lane('events', ['test/events/**/*.test.ts'], 60_000),
      // Seeded simulation under virtual time.
      lane('sim', ['test/sim/**/*.test.ts'], 400_000),
      // Real processes, killed and frozen.
      lane('chaos', ['test/chaos/**/*.test.ts'], 400_000),
      // CLI, HTTP, examples and the packed package, as a user meets them.
      lane('e2e', ['test/e2e/**/*.test.ts', 'examples/**/*.test.ts'], 120_000),
      // The rules of the house, and the tools that carry them.
      lane('house', ['test/house/**/*.test.ts'], 60_000),
      {
        ...shared,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.ts', 'src/**/*.test-d.ts'],
            tsconfig: './tsconfig.json',
          },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts', 'src/**/*.test-d.ts', 'src/**/index.ts'],
      reporter: ['text-summary', 'html'],
      // Per folder. Command line and HTTP are not in: their tests meet them in processes of their own, which are not counted.
      thresholds: {
        'src/base/**': { lines: 100, functions: 100, branches: 98 },
        'src/engine/model/**': { lines: 100, functions: 100, branches: 100 },
        'src/engine/replay-*.ts': { lines: 100, functions: 100, branches: 85 },
        'src/engine/**': { lines: 95, functions: 95, branches: 85 },
        'src/{advisor,events,pipelines,schedules,stores,testing,workflows}/**': counted,
      },
    },
  },
});

export default config;
