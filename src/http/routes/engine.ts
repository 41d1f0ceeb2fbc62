import type { Handlers } from './handlers.ts';

/** The engine itself: what it is, and what code it has. */
export const engineHandlers: Handlers<'listDefinitions' | 'status'> = {
  listDefinitions: ({ client }) => client.listDefinitions(),
  status: ({ client }) => client.status(),
};
