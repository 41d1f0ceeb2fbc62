/** How the user started the program, so that every line we tell them to type works where they are. */
export function programName(env: Readonly<Record<string, string | undefined>>): string {
  // In a checkout there is no `tutti` on the path; npm tells through which of its scripts it was started.
  if (env['npm_package_name'] === 'tutti' && env['npm_lifecycle_event'] !== 'npx')
    return 'npm run -s tutti --';
  if (env['npm_lifecycle_event'] === 'npx' || env['npm_command'] === 'exec') return 'npx tutti';
  return 'tutti';
}

/** A text as one word of a shell's command line. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
