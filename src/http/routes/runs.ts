import type { LogQuery, RunQuery, StartOptions } from '../../app/index.ts';
import type { IdConflict, RunState } from '../../engine/index.ts';
import { waitMaxMs } from '../contract/routes.ts';
import { present, type Handlers } from './handlers.ts';

type RunRoute =
  | 'startRun'
  | 'listRuns'
  | 'showRun'
  | 'waitForRun'
  | 'readHistory'
  | 'readLogs'
  | 'sendSignal'
  | 'cancelRun'
  | 'pauseRun'
  | 'resumeRun'
  | 'retryRun';

/** Everything about runs. */
export const runHandlers: Handlers<RunRoute> = {
  startRun: ({ client, body }) =>
    client.startRun(
      body.requiredText('definition'),
      body.value('input'),
      present<StartOptions>({
        id: body.text('id'),
        onConflict: body.text('onConflict') as IdConflict | undefined,
        timeoutMs: body.integer('timeoutMs'),
        at: body.integer('at'),
        // Checked by the client: it knows the topics.
        cancelOn: body.value('cancelOn') as StartOptions['cancelOn'],
      }),
    ),
  listRuns: ({ client, query }) =>
    client.listRuns(
      present<RunQuery>({
        states: query.list('states') as readonly RunState[] | undefined,
        definition: query.text('definition'),
        idPrefix: query.text('idPrefix'),
        after: query.text('after'),
        limit: query.integer('limit'),
      }),
    ),
  showRun: ({ client, parameter }) => client.showRun(parameter('run')),
  waitForRun: ({ client, parameter, query }) =>
    client.waitForRun(parameter('run'), {
      timeoutMs: Math.min(query.integer('timeoutMs') ?? waitMaxMs, waitMaxMs),
    }),
  readHistory: ({ client, parameter, query }) =>
    client.readHistory(
      parameter('run'),
      present<{ from?: number; limit?: number }>({
        from: query.integer('from'),
        limit: query.integer('limit'),
      }),
    ),
  readLogs: ({ client, parameter, query }) =>
    client.readLogs(
      parameter('run'),
      present<LogQuery>({
        step: query.text('step'),
        attempt: query.integer('attempt'),
        after: query.integer('after'),
        limit: query.integer('limit'),
      }),
    ),
  sendSignal: ({ client, parameter, body }) =>
    client.sendSignal(parameter('run'), parameter('signal'), body.value('payload')),
  cancelRun: ({ client, parameter, body }) => client.cancelRun(parameter('run'), body.requiredText('reason')),
  pauseRun: ({ client, parameter, body }) => client.pauseRun(parameter('run'), body.requiredText('reason')),
  resumeRun: ({ client, parameter }) => client.resumeRun(parameter('run')),
  retryRun: ({ client, parameter, body }) =>
    client.retryRun(
      parameter('run'),
      present<{ fromStart?: boolean }>({ fromStart: body.boolean('fromStart') }),
    ),
};
