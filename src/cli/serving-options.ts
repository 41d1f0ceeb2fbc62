import type { ArgumentSpec, Arguments, Invocation, OptionSpec } from './command.ts';
import { readInteger } from './read-input.ts';
import type { StoreDirectory } from './store-directory.ts';

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
  {
    flags: '--no-auth',
    summary:
      'Ask for no token, on a loopback address only. Default: ask for TUTTI_TOKEN, else for the one beside the store.',
  },
];

/** What they say, in the words of the host. */
export interface ServingChoice {
  readonly host?: string;
  readonly port?: number;
  /** Null for none; undefined for the one beside the store. */
  readonly token?: string | null;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/** @throws TUTTI_OPTION_INVALID */
export function readServingOptions(args: Arguments, env: Invocation['env']): ServingChoice {
  const port = readInteger(args, 'port', 0, 65_535);
  const host = args.text('host');
  const token = args.flag('auth') === false ? null : env['TUTTI_TOKEN'] || undefined;
  return {
    allowedHosts: args.texts('allowHost').map((name) => name.toLowerCase()),
    allowedOrigins: args.texts('allowOrigin'),
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(token === undefined ? {} : { token }),
  };
}

/** What those who call the API send, for a person: never the token itself, which would stay in logs. */
export function tokenNote({ token }: ServingChoice, data: StoreDirectory): string {
  if (token === undefined) return `token in ${data.tokenFile}`;
  return token === null ? 'no token asked for' : 'token of TUTTI_TOKEN';
}
