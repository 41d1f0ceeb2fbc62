import { readFileSync } from 'node:fs';

/** The version of the installed package. */
export function packageVersion(): string {
  // From src/cli and from dist/cli the package's root is two levels up.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
