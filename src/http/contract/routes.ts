/**
 * The HTTP API as data: server, client, reference page and OpenAPI document are all made from this table.
 * Bodies and answers are JSON as base/codec.ts writes it: plain JSON wherever JSON suffices, tagged values elsewhere.
 */
import type { Client } from '../../app/index.ts';
import type { ErrorCode } from '../../base/error-codes.ts';
import { runStates, type IdConflict } from '../../engine/index.ts';
import { adviceRoutes, type AdviceRouteName } from './advice-routes.ts';
import { assetRoutes } from './asset-routes.ts';
import type { FieldSpec } from './fields.ts';
import type { RouteSpec } from './route-spec.ts';
import { scheduleRoutes } from './schedule-routes.ts';
import { topicRoutes } from './topic-routes.ts';

/** The name of a route that carries a `Client` method, which is the method's: a new one is not forgotten here. */
type ClientRouteName = keyof Client;

/** The name of a route. */
export type RouteName = ClientRouteName | AdviceRouteName;

const run = 'Id of the run, a unique prefix of it, `id@generation`, or `latest`.';
const runErrors: readonly ErrorCode[] = ['TUTTI_RUN_NOT_FOUND', 'TUTTI_RUN_ID_AMBIGUOUS'];
const reason: FieldSpec = { type: 'text', required: true, summary: 'Why; recorded and shown.' };

/** What `POST /v1/runs` does when a run with the same id exists. */
const idConflicts: readonly IdConflict[] = ['refuse', 'attach', 'restart', 'restartFailed'];

/** Longest wait of one `GET /v1/runs/:run/wait`, in milliseconds; callers that want longer ask again. */
export const waitMaxMs = 30_000;

const clientRoutes: Readonly<Record<ClientRouteName, RouteSpec>> = {
  startRun: {
    method: 'POST',
    path: '/v1/runs',
    summary: 'Starts a run. The answer is sent when the run is on disk.',
    parameters: {},
    query: {},
    body: {
      definition: { type: 'text', required: true, summary: 'Name of the workflow.' },
      input: {
        type: 'value',
        summary: 'What the run is started with; checked against the schema of the definition.',
      },
      id: { type: 'text', summary: 'Id of the run. Default: a new sortable id.' },
      onConflict: {
        type: 'text',
        values: idConflicts,
        summary: 'What to do when a run has this id. Default `refuse`.',
      },
      timeoutMs: { type: 'integer', summary: "Run timeout in milliseconds. Default: the definition's." },
      at: {
        type: 'integer',
        summary: 'Start no earlier than this, in milliseconds since 1970. Default: at once.',
      },
      cancelOn: {
        type: 'value',
        summary:
          'Events that cancel the run, beside those that its definition names: `{"topic", "event", "where"}`, or a list of such. Default: none.',
      },
    },
    status: 201,
    answer: 'RunView',
    errors: [
      'TUTTI_DEFINITION_NOT_FOUND',
      'TUTTI_INPUT_INVALID',
      'TUTTI_RUN_ID_TAKEN',
      'TUTTI_PAYLOAD_TOO_LARGE',
      'TUTTI_TOPIC_NOT_FOUND',
      'TUTTI_EVENT_UNKNOWN',
      'TUTTI_PATTERN_INVALID',
    ],
  },
  listRuns: {
    method: 'GET',
    path: '/v1/runs',
    summary: 'Lists runs, newest first.',
    parameters: {},
    query: {
      states: { type: 'list', values: runStates, summary: 'Only runs in these states. Default: all.' },
      definition: { type: 'text', summary: 'Only runs of this definition.' },
      idPrefix: { type: 'text', summary: 'Only runs whose id begins with this.' },
      after: { type: 'text', summary: 'Id of the last run of the page before.' },
      limit: { type: 'integer', summary: 'Default 100, at most 1,000.' },
    },
    body: null,
    status: 200,
    answer: 'RunView[]',
    errors: [],
  },
  showRun: {
    method: 'GET',
    path: '/v1/runs/:run',
    summary: 'Shows a run: what it waits for, its newest journal entries, its result or error.',
    parameters: { run },
    query: {},
    body: null,
    status: 200,
    answer: 'RunDetail',
    errors: runErrors,
  },
  waitForRun: {
    method: 'GET',
    path: '/v1/runs/:run/wait',
    summary:
      'Answers when the run has finished or is paused, or after `timeoutMs`, with the state it is then in.',
    parameters: { run },
    query: {
      timeoutMs: {
        type: 'integer',
        summary: `Milliseconds. Default and maximum ${waitMaxMs.toLocaleString('en')}.`,
      },
    },
    body: null,
    status: 200,
    answer: 'RunOutcome',
    errors: runErrors,
  },
  readHistory: {
    method: 'GET',
    path: '/v1/runs/:run/history',
    summary: 'Reads journal entries in order.',
    parameters: { run },
    query: {
      from: { type: 'integer', summary: 'Position of the first entry. Default 0.' },
      limit: { type: 'integer', summary: 'Default and maximum 1,000.' },
    },
    body: null,
    status: 200,
    answer: 'EntryView[]',
    errors: runErrors,
  },
  readLogs: {
    method: 'GET',
    path: '/v1/runs/:run/logs',
    summary: 'Reads what a run and its steps wrote with `log`, in order; the newest 10,000 lines are kept.',
    parameters: { run },
    query: {
      step: { type: 'text', summary: 'Only lines of the step of this name.' },
      attempt: { type: 'integer', summary: "Only lines of this try; 0 is the run's own code." },
      after: { type: 'integer', summary: 'Only lines behind this position. Default 0.' },
      limit: { type: 'integer', summary: 'Default 1,000.' },
    },
    body: null,
    status: 200,
    answer: 'LogView[]',
    errors: runErrors,
  },
  sendSignal: {
    method: 'POST',
    path: '/v1/runs/:run/signals/:signal',
    summary: 'Sends a signal to a run. The answer is sent when the signal is on disk.',
    parameters: { run, signal: 'Name of the signal.' },
    query: {},
    body: {
      payload: { type: 'value', summary: 'Checked against the schema of the signal. Default: undefined.' },
    },
    status: 204,
    answer: 'nothing',
    errors: [...runErrors, 'TUTTI_RUN_FINISHED', 'TUTTI_SIGNAL_UNKNOWN', 'TUTTI_INPUT_INVALID'],
  },
  cancelRun: {
    method: 'POST',
    path: '/v1/runs/:run/cancel',
    summary: 'Asks a run to cancel; it may clean up first.',
    parameters: { run },
    query: {},
    body: { reason },
    status: 204,
    answer: 'nothing',
    errors: [...runErrors, 'TUTTI_RUN_FINISHED'],
  },
  pauseRun: {
    method: 'POST',
    path: '/v1/runs/:run/pause',
    summary: 'Stops a run between steps until it is resumed.',
    parameters: { run },
    query: {},
    body: { reason },
    status: 204,
    answer: 'nothing',
    errors: [...runErrors, 'TUTTI_RUN_FINISHED'],
  },
  resumeRun: {
    method: 'POST',
    path: '/v1/runs/:run/resume',
    summary: 'Lets a paused run go on.',
    parameters: { run },
    query: {},
    body: {},
    status: 204,
    answer: 'nothing',
    errors: [...runErrors, 'TUTTI_RUN_FINISHED', 'TUTTI_STATE_CONFLICT'],
  },
  retryRun: {
    method: 'POST',
    path: '/v1/runs/:run/retry',
    summary: 'Runs a failed or canceled run again as the next generation under its id.',
    parameters: { run },
    query: {},
    body: {
      fromStart: { type: 'boolean', summary: 'Begin anew instead of keeping finished steps. Default false.' },
    },
    status: 201,
    answer: 'RunView',
    errors: [...runErrors, 'TUTTI_STATE_CONFLICT'],
  },
  showGraph: {
    method: 'GET',
    path: '/v1/pipelines/:definition/graph',
    summary: 'The graph of a pipeline.',
    parameters: { definition: 'Name of the pipeline.' },
    query: {},
    body: null,
    status: 200,
    answer: 'GraphView',
    errors: ['TUTTI_DEFINITION_NOT_FOUND', 'TUTTI_STATE_CONFLICT'],
  },
  showTasks: {
    method: 'GET',
    path: '/v1/runs/:run/tasks',
    summary: 'A pipeline run with its tasks by state.',
    parameters: { run },
    query: {},
    body: null,
    status: 200,
    answer: 'TasksView',
    errors: [...runErrors, 'TUTTI_STATE_CONFLICT'],
  },
  clearTasks: {
    method: 'POST',
    path: '/v1/runs/:run/clear',
    summary: 'Has tasks of a finished pipeline run done again, as the next generation under its id.',
    parameters: { run },
    query: {},
    body: {
      select: { type: 'list', summary: 'Selectors of tasks: `x`, `x+`, `+x`, `@x`, `tag:t`. Default: none.' },
      failed: { type: 'boolean', summary: 'All that failed. Default false.' },
      only: { type: 'boolean', summary: 'Keep the results of what is after them. Default false.' },
      version: {
        type: 'text',
        values: ['latest', 'original'],
        summary: 'Which state of the graph. Default `latest`.',
      },
      isDryRun: { type: 'boolean', summary: 'Only say what would be done again. Default false.' },
      cancelFirst: {
        type: 'boolean',
        summary: 'Cancel a run that has not ended, and clear then. Default false.',
      },
    },
    status: 200,
    answer: 'ClearView',
    errors: [...runErrors, 'TUTTI_STATE_CONFLICT', 'TUTTI_ARGUMENT_INVALID'],
  },
  markTasks: {
    method: 'POST',
    path: '/v1/runs/:run/mark',
    summary: 'Counts tasks of a finished pipeline run as ended, and goes on from there.',
    parameters: { run },
    query: {},
    body: {
      select: { type: 'list', required: true, summary: 'Selectors of tasks.' },
      state: {
        type: 'text',
        required: true,
        values: ['success', 'failed', 'skipped'],
        summary: 'How they ended.',
      },
      value: { type: 'value', summary: 'What they result in, for `success`. Default: nothing.' },
      by: { type: 'text', required: true, summary: 'Who decided; recorded.' },
      cancelFirst: {
        type: 'boolean',
        summary: 'Cancel a run that has not ended, and mark then. Default false.',
      },
    },
    status: 201,
    answer: 'RunView',
    errors: [...runErrors, 'TUTTI_STATE_CONFLICT', 'TUTTI_ARGUMENT_INVALID'],
  },
  listApprovals: {
    method: 'GET',
    path: '/v1/approvals',
    summary: 'Lists open questions to people.',
    parameters: {},
    query: {
      to: { type: 'text', summary: 'Only those addressed to this person or group.' },
      run: { type: 'text', summary: 'Only those of this run.' },
    },
    body: null,
    status: 200,
    answer: 'ApprovalView[]',
    errors: [],
  },
  answerApproval: {
    method: 'POST',
    path: '/v1/approvals/:approval/answer',
    summary: 'Answers a question. The first answer counts; the reply is sent when it is on disk.',
    parameters: { approval: 'Id of the question, or a unique prefix of it.' },
    query: {},
    body: {
      answer: {
        type: 'value',
        required: true,
        summary: 'The fields of the form; checked against its schema.',
      },
      by: { type: 'text', required: true, summary: 'Who answers.' },
    },
    status: 200,
    answer: 'ApprovalView',
    errors: ['TUTTI_APPROVAL_NOT_FOUND', 'TUTTI_APPROVAL_CLOSED', 'TUTTI_INPUT_INVALID'],
  },
  listDefinitions: {
    method: 'GET',
    path: '/v1/definitions',
    summary: 'Lists the definitions the engine has the code of.',
    parameters: {},
    query: {},
    body: null,
    status: 200,
    answer: 'DefinitionView[]',
    errors: [],
  },
  status: {
    method: 'GET',
    path: '/v1/status',
    summary: 'Says which version runs, how many runs are in which state, and which workers there are.',
    parameters: {},
    query: {},
    body: null,
    status: 200,
    answer: 'EngineStatus',
    errors: [],
  },
  ...scheduleRoutes,
  ...topicRoutes,
  ...assetRoutes,
};

/** All routes that need a token. */
export const routes: Readonly<Record<RouteName, RouteSpec>> = { ...clientRoutes, ...adviceRoutes };
