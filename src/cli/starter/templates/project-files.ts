import type { StarterFile } from '../starter-file.ts';

/** What the files that every starter has depend on. */
export interface ProjectFacts {
  /** Name of the package. */
  readonly name: string;
  /** Version of tutti to depend on. */
  readonly version: string;
  /** What the project shows, as a sentence. */
  readonly about: string;
  /** Module with the definitions, for `tutti dev`. */
  readonly definitions: string;
}

/** The files that every starter has: manifest, types, what git leaves out, and what to type. */
export function projectFiles({ name, version, about, definitions }: ProjectFacts): readonly StarterFile[] {
  const manifest = {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    engines: { node: '>=24' },
    scripts: { start: 'node main.ts', test: 'node --test', dev: `tutti dev ${definitions}` },
    dependencies: { tutti: `^${version}`, zod: '^4.6.7' },
  };
  const types = {
    compilerOptions: {
      target: 'es2024',
      module: 'nodenext',
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
    },
  };
  return [
    { path: 'package.json', content: `${JSON.stringify(manifest, null, 2)}\n` },
    { path: 'tsconfig.json', content: `${JSON.stringify(types, null, 2)}\n` },
    { path: '.gitignore', content: 'node_modules/\n.tutti/\n' },
    {
      path: 'README.md',
      content: [
        `# ${name}`,
        '',
        about,
        '',
        'Node 24 or later.',
        '',
        '```sh',
        'npm install',
        'npm start       # once, from beginning to end',
        'npm test        # the claims of the project',
        'npm run dev     # an engine that reloads on save; see `npx tutti --help`',
        '```',
        '',
      ].join('\n'),
    },
  ];
}
