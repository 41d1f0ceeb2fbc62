/**
 * The layering rule: imports point downwards; peers never meet; you enter another folder by its front door and your
 * own folder never by it. ARCHITECTURE.md explains the layers; test/house/layers.test.ts proves that each rule bites.
 */

const testFile = '\\.test(-d)?\\.ts$';

/** Which folders of src/ each folder may import, beside itself. */
const layers = {
  base: [],
  engine: ['base'],
  workflows: ['base', 'engine'],
  pipelines: ['base', 'engine'],
  events: ['base', 'engine'],
  schedules: ['base', 'engine'],
  advisor: ['base'],
  app: ['base', 'engine', 'stores', 'workflows', 'pipelines', 'events', 'schedules', 'advisor'],
  testing: ['base', 'engine', 'stores', 'workflows', 'pipelines', 'events', 'schedules', 'app'],
  connect: ['base', 'engine', 'events'],
  lab: [
    ...['base', 'engine', 'stores/memory', 'stores/sqlite', 'workflows', 'pipelines', 'events', 'schedules'],
    ...['app', 'testing'],
  ],
  http: ['base', 'engine', 'app', 'advisor', 'lab'],
  cli: [
    ...['base', 'engine', 'stores', 'workflows', 'pipelines', 'events', 'schedules', 'advisor'],
    ...['app', 'testing', 'connect', 'lab', 'http'],
  ],
};

function layerRule([folder, allowed]) {
  return {
    name: `layer-${folder}`,
    severity: 'error',
    comment:
      `src/${folder} may import ${allowed.length === 0 ? 'nothing of ours' : allowed.join(', ')}. ` +
      'Move the shared part down to a layer both may import, or join the two in src/app.',
    from: { path: `^src/${folder}/`, pathNot: testFile },
    to: { path: '^src/[^/]+/', pathNot: [folder, ...allowed].map((name) => `^src/${name}/`) },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Move what both need into a third file; type-only imports count too.',
      from: {},
      to: { circular: true },
    },
    ...Object.entries(layers).map(layerRule),
    {
      name: 'layer-stores',
      severity: 'error',
      comment:
        'A store may import base, engine and the files directly in src/stores, never another store. ' +
        'Put what two stores share into src/stores.',
      from: { path: '^src/stores/([^/]+)/', pathNot: testFile },
      to: {
        path: '^src/[^/]+/',
        pathNot: ['^src/base/', '^src/engine/', '^src/stores/$1/', '^src/stores/[^/]+\\.ts$'],
      },
    },
    {
      name: 'layer-stores-shared',
      severity: 'error',
      comment: 'What the stores share knows base and engine only, and no store. Pass the store in.',
      from: { path: '^src/stores/[^/]+\\.ts$', pathNot: testFile },
      to: { path: '^src/[^/]+/', pathNot: ['^src/base/', '^src/engine/', '^src/stores/[^/]+\\.ts$'] },
    },
    {
      name: 'through-the-front-door',
      severity: 'error',
      comment:
        "Import the other folder's index.ts; export the name there if others need it. base has no door.",
      from: { path: '^src/([^/]+)/', pathNot: testFile },
      to: {
        path: '^src/(?!base/)[^/]+/',
        pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', '^src/(stores|connect)/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'no-own-front-door',
      severity: 'error',
      comment: 'Inside a folder import the file itself; its index.ts is for others and would close a cycle.',
      from: { path: '^src/((?:stores/|connect/)?[^/]+)/', pathNot: testFile },
      to: { path: '^src/$1/index\\.ts$' },
    },
    {
      name: 'no-package-door-inside',
      severity: 'error',
      comment: 'src/index.ts is the door for users of the package. Import the folder that defines the name.',
      from: { path: '^src/[^/]+/', pathNot: testFile },
      to: { path: '^src/index\\.ts$' },
    },
    {
      name: 'source-imports-no-test',
      severity: 'error',
      comment: 'Nothing may depend on a test. Move what is shared into src/testing or a file of its own.',
      from: {},
      to: { path: testFile },
    },
    {
      name: 'source-stays-in-src',
      severity: 'error',
      comment:
        'dist/ holds src/ alone, so a file outside would be missing there. Move the imported file into src/.',
      from: { path: '^src/', pathNot: testFile },
      to: { path: '^(test|examples|bench|scripts|docs)/' },
    },
    {
      name: 'io-only-at-the-edge',
      severity: 'error',
      comment:
        'Files, processes and sockets belong to stores, connect, lab, http and cli, so that the rest runs under simulation (I8). ' +
        'Take a port instead. The determinism guard may name them, in order to refuse them; the kinds of pipeline tasks ' +
        'are bodies of steps, in which everything is real; and what sends webhooks must see whom a socket is connected to.',
      from: {
        path: '^src/',
        pathNot: [
          ...[testFile, '^src/(stores|connect|lab|http|cli)/', '^src/workflows/determinism'],
          ...['^src/pipelines/kinds/', '^src/events/webhooks/guarded-fetch'],
        ],
      },
      to: {
        path: '^(node:)?(fs|fs/promises|child_process|worker_threads|cluster|net|tls|dgram|dns|http|https|http2|readline|sqlite)$',
      },
    },
    {
      name: 'sqlite-only-in-its-store',
      severity: 'error',
      comment: 'Only src/stores/sqlite speaks to SQLite. Everything else uses the store port.',
      from: { path: '^src/', pathNot: [testFile, '^src/stores/sqlite/'] },
      to: { path: '^(node:)?sqlite$' },
    },
    {
      name: 'postgres-only-in-its-store',
      severity: 'error',
      comment:
        'pg is an optional peer. Only src/stores/postgres may import it, and app loads that folder on demand.',
      from: { path: '^src/', pathNot: ['^src/stores/postgres/'] },
      to: { path: '(^|/)node_modules/(pg|postgres)/|^(pg|postgres)$' },
    },
    {
      name: 'kafka-only-in-its-bridge',
      severity: 'error',
      comment: 'The Kafka client is an optional peer. Only src/connect/kafka may import it.',
      from: { path: '^src/', pathNot: ['^src/connect/kafka/'] },
      to: { path: '(^|/)node_modules/(@platformatic/kafka|kafkajs)/|^(@platformatic/kafka|kafkajs)$' },
    },
    {
      name: 'mail-only-in-its-kind',
      severity: 'error',
      comment: 'nodemailer is an optional peer. Only the notification by mail may import it, when it sends.',
      from: { path: '^src/', pathNot: ['^src/pipelines/kinds/email', testFile] },
      to: { path: '(^|/)node_modules/nodemailer/|^nodemailer$' },
    },
    {
      name: 'no-dev-dependency-in-source',
      severity: 'error',
      comment:
        'A user who installs tutti does not get this package. Make it a dependency, with a line in docs/decisions.',
      from: { path: '^src/', pathNot: testFile },
      // An optional peer is a development dependency here, so that its tests can run.
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'outside-by-the-public-name',
      severity: 'error',
      comment: "Examples and benchmarks show what users can do: import 'tutti' or one of its subpaths.",
      from: { path: '^(examples|bench)/' },
      to: { path: '^src/', dependencyTypes: ['local'] },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      comment: 'The imported file or package does not exist. Correct the path, or install the package.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // See imports that vanish when types are stripped: a type-only cycle is a cycle of ideas.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['tutti-source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
