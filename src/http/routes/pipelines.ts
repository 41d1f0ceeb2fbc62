import type { ClearRequest, MarkRequest } from '../../app/index.ts';
import { present, type Handlers } from './handlers.ts';

/** Graphs of pipelines, and the tasks of their runs. */
export const pipelineHandlers: Handlers<'showGraph' | 'showTasks' | 'clearTasks' | 'markTasks'> = {
  showGraph: ({ client, parameter }) => client.showGraph(parameter('definition')),
  showTasks: ({ client, parameter }) => client.showTasks(parameter('run')),
  clearTasks: ({ client, parameter, body }) =>
    client.clearTasks(
      parameter('run'),
      present<ClearRequest>({
        select: body.list('select'),
        failed: body.boolean('failed'),
        only: body.boolean('only'),
        version: body.text('version') as ClearRequest['version'],
        isDryRun: body.boolean('isDryRun'),
        cancelFirst: body.boolean('cancelFirst'),
      }),
    ),
  markTasks: ({ client, parameter, body }) =>
    client.markTasks(
      parameter('run'),
      present<MarkRequest>({
        select: body.list('select') ?? [],
        state: body.requiredText('state') as MarkRequest['state'],
        value: body.value('value'),
        by: body.requiredText('by'),
        cancelFirst: body.boolean('cancelFirst'),
      }),
    ),
};
