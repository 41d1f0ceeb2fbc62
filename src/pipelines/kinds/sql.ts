import type { TaskContext } from '../task-types.ts';

/** A database as `sql` uses it: a few lines around any driver. */
export interface SqlConnection {
  /** Runs one statement with its parameters and gives its rows, empty for a statement without any. */
  query(text: string, parameters: readonly unknown[], signal: AbortSignal): Promise<readonly SqlRow[]>;
}

/** One row by column name. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** A statement and the values of its placeholders. */
export interface SqlStatement {
  readonly text: string;
  readonly parameters?: readonly unknown[];
}

/** A handler that runs a statement. */
interface SqlHandler<I> {
  (inputs: I, context: TaskContext): Promise<readonly SqlRow[]>;
  readonly label: string;
}

/**
 * Makes a task of a SQL statement; its result is the rows. Values go in as parameters, never into the text.
 * Opening the connection is left to the moment when the task runs, so a definition can be loaded where there is no database.
 */
export function sql<I>(
  connection: SqlConnection | (() => SqlConnection | Promise<SqlConnection>),
  statement: SqlStatement | string | ((inputs: I) => SqlStatement),
): SqlHandler<I> {
  const run = async (inputs: I, context: TaskContext): Promise<readonly SqlRow[]> => {
    const opened = typeof connection === 'function' ? await connection() : connection;
    const resolved = typeof statement === 'function' ? statement(inputs) : statement;
    const { text, parameters = [] } = typeof resolved === 'string' ? { text: resolved } : resolved;
    return opened.query(text, parameters, context.signal);
  };
  return Object.assign(run, { label: 'sql' });
}
