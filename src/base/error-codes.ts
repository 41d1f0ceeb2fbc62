/**
 * The closed table of everything Tutti itself can complain about. Codes are part of the public interface: they are
 * added, never renamed. docs/reference/errors.md is generated from here (`npm run reference`).
 */

/** One row of the table. */
export interface ErrorEntry {
  /** HTTP status the API answers with. */
  readonly status: number;
  /**
   * Exit code of the CLI: 1 unexpected, 2 usage, 3 not found, 4 refused, 5 run failed, 6 canceled or timed out,
   * 7 engine unreachable, 8 a check failed.
   */
  readonly exitCode: number;
  /** Whether the same call may succeed later without anyone changing anything. */
  readonly retryable: boolean;
  /** What happened, in one sentence. */
  readonly summary: string;
  /** What to do about it, in the imperative. */
  readonly remedy: string;
}

/** The table by code. */
export const errorCodes = {
  TUTTI_RUN_NOT_FOUND: {
    status: 404,
    exitCode: 3,
    retryable: false,
    summary: 'No run has this id.',
    remedy:
      'List the runs with `tutti runs list`; check that you look into the right data directory or engine, and whether the run was pruned.',
  },
  TUTTI_RUN_FINISHED: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'The run is already completed, failed or canceled and takes nothing more.',
    remedy: 'Read its outcome with `tutti runs show <id>`; start a new run if the work is to be done again.',
  },
  TUTTI_RUN_ID_TAKEN: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'Another run already has the id chosen by the caller.',
    remedy: 'Use the existing run, choose another id, or pass a reuse policy that allows what you want.',
  },
  TUTTI_RUN_ID_AMBIGUOUS: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'The beginning of an id fits more than one run.',
    remedy: 'Type more characters of the id, or use `latest`.',
  },
  TUTTI_DEFINITION_NOT_FOUND: {
    status: 404,
    exitCode: 3,
    retryable: false,
    summary: 'No workflow, pipeline or topic of this name is loaded.',
    remedy:
      'Check the spelling against `tutti defs list`, and that the module exporting it is passed to the engine.',
  },
  TUTTI_DEFINITION_DUPLICATE: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'Two definitions have the same name.',
    remedy: 'Rename one of them; names identify definitions across restarts and must be unique.',
  },
  TUTTI_DEFINITION_INVALID: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'A definition cannot work as written.',
    remedy: 'Change the definition as the message says; nothing was started.',
  },
  TUTTI_INPUT_INVALID: {
    status: 422,
    exitCode: 2,
    retryable: false,
    summary: 'A value does not fit its schema.',
    remedy: 'Correct each listed field and send the value again; nothing was stored.',
  },
  TUTTI_JSON_MALFORMED: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'A text that should be JSON is not.',
    remedy: 'Correct the JSON at the position the message names; in a shell, put it in single quotes.',
  },
  TUTTI_PAYLOAD_TOO_LARGE: {
    status: 413,
    exitCode: 4,
    retryable: false,
    summary: 'A value is larger than the limit for payloads.',
    remedy:
      'Store the data elsewhere and pass a reference to it, or raise the payload limit in the configuration.',
  },
  TUTTI_VALUE_NOT_STORABLE: {
    status: 422,
    exitCode: 2,
    retryable: false,
    summary: 'A value contains something that cannot be stored and restored.',
    remedy:
      'Return plain data from the place the message names; drop functions and symbols, and give class instances a toJSON method.',
  },
  TUTTI_OPTION_UNKNOWN: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'An option was given that nobody reads.',
    remedy: 'Correct its spelling as the message suggests, or remove it.',
  },
  TUTTI_OPTION_INVALID: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'An option has a value it cannot have.',
    remedy: 'Give the option a value of the kind the message names.',
  },
  TUTTI_DURATION_INVALID: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'A duration cannot be understood or is out of range.',
    remedy: "Write a number of milliseconds or a text such as '250ms', '5m', '1h30m' or '30d'.",
  },
  TUTTI_STEP_NAME_MISSING: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'A step, wait or task has no name.',
    remedy: 'Give it a non-empty name; the name identifies its recorded result when the run is replayed.',
  },
  TUTTI_OPERATION_IN_STEP: {
    status: 500,
    exitCode: 1,
    retryable: false,
    summary: 'The body of a step issued an operation of its workflow.',
    remedy:
      'Call ctx in the code of the workflow, before or after the step; what the step needs is handed to its body.',
  },
  TUTTI_STEP_TIMEOUT: {
    status: 408,
    exitCode: 6,
    retryable: true,
    summary: 'An attempt of a step, or all its attempts together, took longer than allowed.',
    remedy:
      "Raise the step's timeout, or make the step stop early by passing its `signal` on to what it calls.",
  },
  TUTTI_STEP_FAILED: {
    status: 422,
    exitCode: 5,
    retryable: false,
    summary: 'A step failed in its last attempt.',
    remedy:
      'Read the cause; repair it and retry the run with `tutti runs retry <id>`, or catch the error in the workflow.',
  },
  TUTTI_RUN_TIMEOUT: {
    status: 408,
    exitCode: 6,
    retryable: false,
    summary: 'A run took longer than its timeout.',
    remedy:
      "See with `tutti runs show <id>` what it waited for; raise the definition's timeout if that wait is legitimate.",
  },
  TUTTI_RUN_CANCELED: {
    status: 409,
    exitCode: 6,
    retryable: false,
    summary: 'The run was canceled.',
    remedy: 'Start a new run if the work is still wanted; read in its history who canceled it and why.',
  },
  TUTTI_RUN_FAILED: {
    status: 422,
    exitCode: 5,
    retryable: false,
    summary: 'The run failed.',
    remedy: 'Read the cause with `tutti runs show <id>`; repair it and retry with `tutti runs retry <id>`.',
  },
  TUTTI_RUN_PAUSED: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'The run is paused and makes no progress.',
    remedy: 'Read with `tutti runs show <id>` why it is paused; remove the reason, then resume it.',
  },
  TUTTI_WAIT_TIMEOUT: {
    status: 408,
    exitCode: 6,
    retryable: false,
    summary: 'What a run waited for did not come in time.',
    remedy:
      'Catch the error in the workflow to do something else at the deadline, or raise the timeout of the wait.',
  },
  TUTTI_SIGNAL_UNKNOWN: {
    status: 404,
    exitCode: 3,
    retryable: false,
    summary: 'The definition of the run knows no signal of this name.',
    remedy: 'Check the spelling against `tutti defs show <name>`.',
  },
  TUTTI_APPROVAL_NOT_FOUND: {
    status: 404,
    exitCode: 3,
    retryable: false,
    summary: 'No question to a person has this id.',
    remedy: 'List the open ones with `tutti approvals list`.',
  },
  TUTTI_APPROVAL_CLOSED: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'The question to a person was already answered, expired or withdrawn.',
    remedy: 'Read the outcome with `tutti approvals show <id>`; the first answer counts.',
  },
  TUTTI_REPLAY_MISMATCH: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: "The workflow's code no longer does what its journal recorded, so the run was paused.",
    remedy:
      'Compare both sides with `tutti runs show <id>`; then guard the change with `ctx.patch`, fork the run, or deploy the old code again.',
  },
  TUTTI_NONDETERMINISTIC_CALL: {
    status: 422,
    exitCode: 5,
    retryable: false,
    summary: 'Workflow code did real input or output outside a step.',
    remedy: 'Move the call into `ctx.step(...)`, or use `ctx.sleep` instead of a timer.',
  },
  TUTTI_FOREIGN_PROMISE: {
    status: 422,
    exitCode: 5,
    retryable: false,
    summary: 'A workflow awaits a promise that Tutti knows nothing about, so nothing can ever wake it.',
    remedy: 'Wrap the asynchronous work in `ctx.step(...)`; await only promises that come from `ctx`.',
  },
  TUTTI_OWNER_LOST: {
    status: 409,
    exitCode: 4,
    retryable: true,
    summary: 'A worker lost its lease, and its write was refused because another may own the run now.',
    remedy:
      'Do nothing: the run continues elsewhere. If it recurs, raise the lease duration or look for what blocks the process.',
  },
  TUTTI_SCHEDULE_INVALID: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'A schedule cannot work as written: its expression, its zone or its bounds.',
    remedy:
      'Correct it as the message says; `tutti schedules next <schedule>` shows when a schedule fires, without starting anything.',
  },
  TUTTI_SCHEDULE_NOT_FOUND: {
    status: 404,
    exitCode: 3,
    retryable: false,
    summary: 'No definition that is loaded has a schedule of this id.',
    remedy:
      'List the schedules with `tutti schedules list`; add `schedule` to the definition if it has none.',
  },
  TUTTI_BACKFILL_NOT_FOUND: {
    status: 404,
    exitCode: 3,
    retryable: false,
    summary: 'No backfill has this id.',
    remedy: 'List the backfills with `tutti backfill list`.',
  },
  TUTTI_BACKFILL_INVALID: {
    status: 422,
    exitCode: 2,
    retryable: false,
    summary: 'A backfill covers nothing, too much, or a definition it does not fit.',
    remedy: 'Change the range or the options as the message says; look first with `--dry-run`.',
  },
  TUTTI_BACKFILL_ACTIVE: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'The definition has a backfill that has not ended; a second one would run beside it.',
    remedy: 'Wait for it, or cancel it with `tutti backfill cancel <id>`.',
  },
  TUTTI_PARTITION_INVALID: {
    status: 422,
    exitCode: 2,
    retryable: false,
    summary: 'A run does not say which partition of an asset it made, or names one that does not exist.',
    remedy:
      'Start the run through a backfill that names the partition, through a schedule whose interval lies in it, or give the definition `partitionOf`.',
  },
  TUTTI_ASSET_MISSING: {
    status: 422,
    exitCode: 5,
    retryable: false,
    summary: 'What a run reads of an asset was not made, or cannot be read any more.',
    remedy:
      'Make the asset, or the partition of it, first. Give it a target if its value is to outlive the run that made it.',
  },
  TUTTI_ASSET_NOT_FOUND: {
    status: 404,
    exitCode: 3,
    retryable: false,
    summary: 'No asset of this name is declared or was ever updated.',
    remedy: 'List the assets with `tutti assets list`.',
  },
  TUTTI_STORE_NOT_FOUND: {
    status: 404,
    exitCode: 3,
    retryable: false,
    summary: 'There is no database where one was expected.',
    remedy:
      'Start an engine with `tutti dev <modules>` or `tutti demo`, which create it; or point `--store` to the right place.',
  },
  TUTTI_STORE_NOT_OURS: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'The database file or schema exists but does not belong to Tutti.',
    remedy: 'Point Tutti to another file or an empty schema; this one was left untouched.',
  },
  TUTTI_STORE_NEWER: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'The store was written by a newer version of Tutti.',
    remedy: 'Install that version or a later one; the store was left untouched.',
  },
  TUTTI_STORE_READ_ONLY: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'The store cannot be written.',
    remedy: 'Give the process permission to write the file and its directory, or remount the disk writable.',
  },
  TUTTI_STORE_FULL: {
    status: 507,
    exitCode: 4,
    retryable: true,
    summary: 'The disk under the store is full; nothing was acknowledged that is not on disk.',
    remedy: 'Free space or enlarge the disk; work continues from where it stopped.',
  },
  TUTTI_STORE_BUSY: {
    status: 503,
    exitCode: 4,
    retryable: true,
    summary: 'The store is locked by another process for longer than we wait.',
    remedy: 'Try again; if it persists, find the process that holds a long transaction on the store.',
  },
  TUTTI_STORE_FAILED: {
    status: 500,
    exitCode: 1,
    retryable: false,
    summary: 'The store failed or holds data that cannot be read.',
    remedy: 'Read the cause; run `tutti doctor` to check the store, and restore a backup if it is damaged.',
  },
  TUTTI_MODULE_FAILED: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'A module with definitions could not be imported.',
    remedy: 'Correct the error shown as its cause; definitions of the other modules stay loaded.',
  },
  TUTTI_ENGINE_STOPPED: {
    status: 503,
    exitCode: 7,
    retryable: true,
    summary: 'The engine is stopped or stopping and takes no new work.',
    remedy: 'Start the engine before calling it, or send the call to another process.',
  },
  TUTTI_ENGINE_UNREACHABLE: {
    status: 503,
    exitCode: 7,
    retryable: true,
    summary: 'No engine answers at the address.',
    remedy: 'Start one with `tutti dev` or `tutti start`, or correct the address.',
  },
  TUTTI_UNAUTHORIZED: {
    status: 401,
    exitCode: 4,
    retryable: false,
    summary: 'The request carries no valid token.',
    remedy:
      "Send `Authorization: Bearer <token>`: what TUTTI_TOKEN said at the engine's start, else the file `token` beside the store.",
  },
  TUTTI_STATE_CONFLICT: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'What was asked does not fit the state that the run, schedule or backfill is in.',
    remedy:
      'Look at its state first (`tutti runs show`, `schedules show`, `backfill show`); the message says which one it takes.',
  },
  TUTTI_REQUEST_REFUSED: {
    status: 403,
    exitCode: 4,
    retryable: false,
    summary: 'The request came from a host or page that may not use the API.',
    remedy: 'Call the API from an allowed origin, or add the origin or host to the configuration.',
  },
  TUTTI_ROUTE_NOT_FOUND: {
    status: 404,
    exitCode: 3,
    retryable: false,
    summary: 'The API has nothing at this path.',
    remedy: 'Compare the path with docs/reference/http.md, or read `/openapi.json` of the engine.',
  },
  TUTTI_METHOD_NOT_ALLOWED: {
    status: 405,
    exitCode: 4,
    retryable: false,
    summary: 'The path exists, but not with this HTTP method.',
    remedy: 'Use one of the methods in the `Allow` header of the answer.',
  },
  TUTTI_COMMAND_UNKNOWN: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'The command line knows no command of this name.',
    remedy: 'List the commands with `tutti --help`.',
  },
  TUTTI_ARGUMENT_INVALID: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'An argument of a command is missing, superfluous or not of the kind it must be.',
    remedy: 'Read how the command is used with `--help`.',
  },
  TUTTI_NODE_TOO_OLD: {
    status: 500,
    exitCode: 2,
    retryable: false,
    summary: 'This Node.js is older than Tutti needs.',
    remedy:
      'Install Node.js 24 or later; in a checkout, start commands through npm scripts, which bring their own.',
  },
  TUTTI_CHECK_FAILED: {
    status: 500,
    exitCode: 8,
    retryable: false,
    summary: 'A check that was asked for did not pass.',
    remedy: 'Read the findings above and repair each; the command prints how to repeat the check.',
  },
  TUTTI_GRAPH_CYCLE: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'Tasks of a pipeline wait for each other in a circle.',
    remedy: 'Remove one of the `after` on the path the message shows.',
  },
  TUTTI_TASKS_FAILED: {
    status: 422,
    exitCode: 5,
    retryable: false,
    summary: 'A pipeline run ended with failed tasks.',
    remedy:
      'Read the failed tasks with `tutti pipeline show <run>`; repair the cause and run them again with `tutti pipeline clear <run> --failed`.',
  },
  TUTTI_TASK_VALUE_WRONG: {
    status: 422,
    exitCode: 5,
    retryable: false,
    summary: 'A task resulted in something that the graph cannot use.',
    remedy:
      'Return what the message names: a list for a map, the name of an arm for a branch, a time for a sleep; or give the loop more rounds.',
  },
  TUTTI_TARGET_MISSING: {
    status: 422,
    exitCode: 5,
    retryable: false,
    summary: 'A task ended, and its target was not there.',
    remedy: 'Write the output to the place that the target of the task looks at, under the same name.',
  },
  TUTTI_COMMAND_MISSING: {
    status: 422,
    exitCode: 5,
    retryable: false,
    summary: 'A command or script does not exist or may not be executed.',
    remedy:
      'Install the command on the machine of the worker, or correct its name, path or working directory.',
  },
  TUTTI_COMMAND_FAILED: {
    status: 422,
    exitCode: 5,
    retryable: true,
    summary: 'A command ended with an exit code or signal that means failure.',
    remedy: 'Read what it wrote at the end, which the message quotes; correct it and clear the task.',
  },
  TUTTI_COMMAND_OUTPUT_INVALID: {
    status: 422,
    exitCode: 5,
    retryable: false,
    summary: 'A command printed something else than one JSON value, or too much.',
    remedy:
      "Print one JSON value on standard output and everything else on standard error; write large results to a file; or set output: 'text'.",
  },
  TUTTI_HTTP_REQUEST_FAILED: {
    status: 502,
    exitCode: 5,
    retryable: true,
    summary: 'An HTTP request of a task was not answered as expected.',
    remedy:
      'Read the status and the answer that the message quotes; give the task a retry policy if it passes by itself.',
  },
  TUTTI_TEST_STUCK: {
    status: 500,
    exitCode: 8,
    retryable: false,
    summary: 'In a test environment, nothing that is left would bring what is waited for.',
    remedy:
      'Bring it: `env.signal`, `env.answer`, or `env.signalAfter` and `env.answerAfter` before you wait; the message says what the run waits for.',
  },
  TUTTI_TEST_MOCK_UNUSED: {
    status: 500,
    exitCode: 8,
    retryable: false,
    summary: 'A test replaced a step or workflow that no run ever asked for.',
    remedy: 'Correct the name to the nearest one in the message, or remove the mock.',
  },
  TUTTI_ANSWERS_INVALID: {
    status: 422,
    exitCode: 2,
    retryable: false,
    summary: 'An answer sheet names a question or an option that does not exist, or is not shaped like one.',
    remedy:
      'Correct what the message names; docs/guides/choose-a-model.md lists every question with its options.',
  },
  TUTTI_TERMINAL_REQUIRED: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'A command asks questions, and nobody is there to answer.',
    remedy: 'Start it in a terminal, or give it the answers in a file with `--in answers.json`.',
  },
  TUTTI_TEMPLATE_UNAVAILABLE: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'A starter project needs a part of Tutti that this version does not have.',
    remedy: 'Take the template `workflow`, or a version of Tutti that has the part.',
  },
  TUTTI_DIRECTORY_NOT_EMPTY: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'A starter project would overwrite files that are there already.',
    remedy: 'Name an empty or a new directory; nothing was written.',
  },
  TUTTI_PATTERN_INVALID: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'A filter is no valid pattern.',
    remedy:
      'Correct the field and operator named in the message; the language is described in docs/reference/patterns.md.',
  },
  TUTTI_TRANSFORM_INVALID: {
    status: 400,
    exitCode: 2,
    retryable: false,
    summary: 'An input transformer has a path or placeholder that leads nowhere.',
    remedy: 'Correct the path or placeholder named in the message.',
  },
  TUTTI_EVENT_UNKNOWN: {
    status: 400,
    exitCode: 4,
    retryable: false,
    summary: 'The topic declares no event of this type.',
    remedy: 'Publish one of the types the topic lists, or declare the new one on the topic.',
  },
  TUTTI_EVENT_INVALID: {
    status: 400,
    exitCode: 4,
    retryable: false,
    summary:
      'An event cannot be published or read as it is: its data, key, time or headers are not what they must be.',
    remedy:
      'Correct the event as the message says; nothing of it was stored. One that cannot be read is a dead letter: redrive it with code that understands it.',
  },
  TUTTI_EVENT_TOO_NEW: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'An event was written by newer code, in a version of its schema that this code does not know.',
    remedy: 'Deploy that version, then redrive: `tutti dlq redrive <consumer> --cause TUTTI_EVENT_TOO_NEW`.',
  },
  TUTTI_EVENT_TOO_LATE: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'A task or step published an event after its attempt had ended; the event was not published.',
    remedy: 'Await every `publish` before the task returns.',
  },
  TUTTI_EVENT_INCOMPATIBLE: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'The schema of an event changed in a way that its compatibility does not allow.',
    remedy:
      'See every difference with `tutti events check`. Raise the version and give an upcaster from the one before, or make the change compatible.',
  },
  TUTTI_EVENT_TOO_LARGE: {
    status: 413,
    exitCode: 4,
    retryable: false,
    summary: 'An event is larger than its topic allows.',
    remedy: 'Store the large part elsewhere and publish a reference, or raise `maxEventBytes` of the topic.',
  },
  TUTTI_TOPIC_NOT_FOUND: {
    status: 404,
    exitCode: 3,
    retryable: false,
    summary: 'No topic of this name is known.',
    remedy: 'List the topics with `tutti topics list`; pass the topic to the engine among its definitions.',
  },
  TUTTI_TOPIC_NOT_BOUND: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'The topic is not part of exactly one running engine, so it cannot tell where to publish.',
    remedy: 'Pass the topic to `createTutti` among its definitions, or publish through `tutti.events`.',
  },
  TUTTI_SUBSCRIPTION_NOT_FOUND: {
    status: 404,
    exitCode: 3,
    retryable: false,
    summary: 'No subscription of this name is known.',
    remedy: 'List the subscriptions with `tutti consumers list`.',
  },
  TUTTI_REDRIVE_NOT_FOUND: {
    status: 404,
    exitCode: 3,
    retryable: false,
    summary: 'There is no redrive of this id.',
    remedy: 'List them with `tutti redrive list`; of those that ended the newest 100 are kept.',
  },
  TUTTI_DEAD_LETTER_NOT_FOUND: {
    status: 404,
    exitCode: 3,
    retryable: false,
    summary: 'A subscription has no dead letter of this id.',
    remedy: 'List them with `tutti dlq list <consumer>`; it may have been redriven or discarded meanwhile.',
  },
  TUTTI_OFFSET_OUT_OF_RANGE: {
    status: 416,
    exitCode: 4,
    retryable: false,
    summary: 'The position lies outside of what the partition holds.',
    remedy: 'Choose a position between the two named in the message, or `oldest` or `tip`.',
  },
  TUTTI_PRODUCER_FENCED: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'A newer process publishes under this producer id.',
    remedy: 'Stop this one, or give it a producer id of its own.',
  },
  TUTTI_PRODUCER_SEQUENCE: {
    status: 409,
    exitCode: 4,
    retryable: false,
    summary: 'The sequence number of a producer is not the next one, or was used for other events.',
    remedy: 'Continue with the number named in the message; two producers must not share an id.',
  },
  TUTTI_EVENT_LOOP: {
    status: 508,
    exitCode: 4,
    retryable: false,
    summary: 'An event went through more reactions than the hop limit allows: it causes itself.',
    remedy: 'Break the cycle that `tutti topology` shows, or raise `hopsMax` if the chain is meant.',
  },
  TUTTI_ARCHIVE_DAMAGED: {
    status: 422,
    exitCode: 4,
    retryable: false,
    summary: 'A file of archived events cannot be read to its end, or was changed while it was read.',
    remedy: 'Copy or export the file once more; what was published before is not published again.',
  },
  TUTTI_SIGNAL_UNREACHED: {
    status: 404,
    exitCode: 3,
    retryable: true,
    summary: 'There is no run yet for a signal that a subscription makes of an event.',
    remedy: 'Start the run, or compare the id that `to` of the subscription gives with `tutti runs list`.',
  },
  TUTTI_WEBHOOK_REFUSED: {
    status: 401,
    exitCode: 4,
    retryable: false,
    summary: 'A webhook is not signed by whom it must be, is too old, or was changed on the way.',
    remedy: 'Compare the secret and the clock of both sides; the message names the check that failed.',
  },
  TUTTI_ADDRESS_REFUSED: {
    status: 502,
    exitCode: 4,
    retryable: true,
    summary:
      'A webhook would have been sent to an address of the own network: a loopback, private or link-local one.',
    remedy:
      'Correct the host or its DNS entry; give `outgoingWebhook` the option `allowPrivate: true` if the receiver is meant to be there.',
  },
  TUTTI_INTERNAL: {
    status: 500,
    exitCode: 1,
    retryable: false,
    summary: 'Tutti itself is at fault.',
    remedy:
      'Report it with the message and stack; the run stays as last recorded and can be continued after a repair.',
  },
} as const;

/** A code of the closed table. */
export type ErrorCode = keyof typeof errorCodes;

/** The row of a code. */
export function errorEntry(code: ErrorCode): ErrorEntry {
  return errorCodes[code];
}

/** The place in the documentation that explains a code. */
export function documentationOf(code: ErrorCode): string {
  return `docs/reference/errors.md#${code.toLowerCase()}`;
}
