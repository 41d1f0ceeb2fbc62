import type { ArgumentSpec, Arguments, OptionSpec } from './command.ts';
import { readInteger } from './read-input.ts';

/** The argument of the commands that run an engine. */
export const modulesArgument: ArgumentSpec = {
  name: 'modules',
  summary: 'Files that export definitions, such as workflows.ts.',
  variadic: true,
};

/** The options of the commands that run an engine. */
export const servingOptions: readonly OptionSpec[] = [
  { flags: '--port <port>', summary: 'Port of the API. Default 4717, or any free one if that is taken.' },
  { flags: '--host <address>', summary: 'Address the API listens on. Default 127.0.0.1: this machine only.' },
  { flags: '--allow-host <name...>', summary: 'Answer requests for this host name too.' },
  { flags: '--allow-origin <origin...>', summary: 'Let pages of this origin call the API.' },
  { flags: '--no-auth', summary: 'Ask for no token; on a loopback address only.' },
];

/** What they say, in the words of the host. */
export interface ServingChoice {
  readonly host?: string;
  readonly port?: number;
  readonly token?: null;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/** @throws TUTTI_OPTION_INVALID */
export function readServingOptions(args: Arguments): ServingChoice {
  const port = readInteger(args, 'port', 0, 65_535);
  const host = args.text('host');
  return {
    allowedHosts: args.texts('allowHost').map((name) => name.toLowerCase()),
    allowedOrigins: args.texts('allowOrigin'),
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(args.flag('auth') === false ? { token: null } : {}),
  };
}
