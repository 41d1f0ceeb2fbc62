#!/usr/bin/env node
// Runs on any Node: nothing is imported before the version is known to suffice, because the imports would not parse or link.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `error TUTTI_NODE_TOO_OLD: This is Node.js ${process.versions.node}; Tutti needs 24 or later.\n` +
      '  → Install Node.js 24 or later; in a checkout, start commands through npm scripts, which bring their own.\n' +
      '  docs/reference/errors.md#tutti_node_too_old\n',
  );
  process.exitCode = 2;
} else {
  const { enableCompileCache } = await import('node:module');
  // A third of the time of a short command is compiling; the cache lies in the system's temporary directory.
  enableCompileCache();
  const { runCommandLine } = await import('./run-command-line.ts');
  const exitCode = await runCommandLine(process.argv.slice(2));
  // Modules of the user may hold the process open with timers or sockets of their own. What was written must get out first.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
}

// oxlint-disable-next-line unicorn/require-module-specifiers -- makes this file a module, so that it may await.
export {};
